/** Which escapers the value of an action needs in its context. */
import { nodeText, placeOf } from '../syntax/node-text.ts';
import type { ActionNode, Source } from '../syntax/nodes.ts';
import { type Context, errorContext, isComment, nudge } from './context.ts';
import type { EscaperName } from './escape-functions.ts';
import { PREDEFINED_ESCAPERS } from './rewrite-pipeline.ts';

export interface EscapedAction {
  /** After the action. */
  readonly context: Context;
  readonly escapers: readonly EscaperName[];
}

/** @param fallback source of nodes that have none */
export function escapeAction(before: Context, node: ActionNode, fallback: Source): EscapedAction {
  const c = nudge(before);
  const forbidden = forbiddenEscaper(c, node);
  if (forbidden !== undefined) {
    const message = `predefined escaper "${forbidden}" disallowed in template`;
    return failed(message, node, fallback);
  }
  if (c.state === 'Error') return { context: c, escapers: [] };
  if (isUrlState(c) && c.urlPart === 'Unknown') {
    const message = `${nodeText(node)} appears in an ambiguous context within a URL`;
    return failed(message, node, fallback);
  }
  return { context: after(c), escapers: [...byState(c), ...byDelim(c)] };
}

function failed(message: string, node: ActionNode, fallback: Source): EscapedAction {
  return { context: errorContext(message, placeOf(node, fallback), node.line), escapers: [] };
}

/** `html` and `urlquery` may stand at the end only, and `html` not in an unquoted attribute. */
function forbiddenEscaper(c: Context, { pipe }: ActionNode): string | undefined {
  for (const [index, command] of pipe.commands.entries()) {
    const first = command.args[0];
    if (first?.kind !== 'identifier' || !PREDEFINED_ESCAPERS.has(first.name)) continue;
    const isLast = index === pipe.commands.length - 1;
    const isUnquoted = c.state === 'Attr' && c.delim === 'SpaceOrTagEnd' && first.name === 'html';
    if (!isLast || isUnquoted) return first.name;
  }
  return undefined;
}

function isUrlState({ state }: Context): boolean {
  return ['URL', 'CSSDqStr', 'CSSSqStr', 'CSSDqURL', 'CSSSqURL', 'CSSURL'].includes(state);
}

function after(c: Context): Context {
  // A slash after a value divides.
  if (c.state === 'JS') return { ...c, jsContext: 'DivOp' };
  return c.state === 'Tag' ? { ...c, state: 'AttrName' } : c;
}

function byState(c: Context): readonly EscaperName[] {
  if (isUrlState(c)) return byUrlPart(c);
  switch (c.state) {
    case 'MetaContentURL':
      return ['urlfilter'];
    case 'JS':
      return ['jsvalescaper'];
    case 'JSDqStr':
    case 'JSSqStr':
      return ['jsstrescaper'];
    case 'JSTmplLit':
      return ['jstmpllitescaper'];
    case 'JSRegexp':
      return ['jsregexpescaper'];
    case 'CSS':
      return ['cssvaluefilter'];
    case 'Text':
      return ['htmlescaper'];
    case 'RCDATA':
      return ['rcdataescaper'];
    case 'AttrName':
    case 'Tag':
      return ['htmlnamefilter'];
    case 'Srcset':
      return ['srcsetescaper'];
    default:
      return isComment(c.state) ? ['commentescaper'] : [];
  }
}

function byUrlPart(c: Context): readonly EscaperName[] {
  if (c.urlPart === 'QueryOrFrag') return ['urlescaper'];
  const isCssString = c.state === 'CSSDqStr' || c.state === 'CSSSqStr';
  const whole: EscaperName = isCssString ? 'cssescaper' : 'urlnormalizer';
  return c.urlPart === 'None' ? ['urlfilter', whole] : [whole];
}

function byDelim({ delim }: Context): readonly EscaperName[] {
  if (delim === 'None') return [];
  return [delim === 'SpaceOrTagEnd' ? 'nospaceescaper' : 'attrescaper'];
}
