/** Literal text: what context it leads to, and what of it must not be written as it is. */
import { type Context, isComment, isInScriptLiteral } from './context.ts';
import { contextAfterText } from './transitions.ts';

const SCRIPT_TAG = /<(script|\/script|!--)/gi;

export interface EscapedText {
  readonly context: Context;
  /** Without comments, with stray `<` escaped. */
  readonly text: string;
}

export function escapeTextNode(start: Context, text: string): EscapedText {
  let c = start;
  let out = '';
  let at = 0;
  while (at < text.length) {
    const [next, consumed] = contextAfterText(c, text.slice(at));
    if (consumed === 0 && next.state === c.state) break;
    const read = text.slice(at, at + consumed);
    out += written(c, next, read);
    if (isDroppedComment(next) && next.state !== c.state) {
      out = out.slice(0, out.length - commentStartLength(next.state));
    }
    c = next;
    at += consumed;
  }
  return { context: c, text: c.state === 'Error' ? text : out };
}

/** Comments are left out, but for those within an attribute's script or style. */
function isDroppedComment(c: Context): boolean {
  return isComment(c.state) && c.delim === 'None';
}

function commentStartLength(state: Context['state']): number {
  if (state === 'HTMLCmt' || state === 'JSHTMLOpenCmt') return '<!--'.length;
  return state === 'JSHTMLCloseCmt' ? '-->'.length : '/*'.length;
}

function written(c: Context, next: Context, read: string): string {
  if (c.state === 'Text' || c.state === 'RCDATA') return withStrayBrackets(c, next, read);
  if (isDroppedComment(c)) return commentReplacement(c, read);
  if (isInScriptLiteral(c.state)) return read.replace(SCRIPT_TAG, '\\x3C$1');
  return read;
}

/** A `<` that begins no tag would begin one together with what is printed after it. */
function withStrayBrackets(c: Context, next: Context, read: string): string {
  const tagAt = next.state === c.state ? -1 : read.lastIndexOf('<');
  const end = tagAt < 0 ? read.length : tagAt;
  const text = read.slice(0, end).replace(/<(?!!DOCTYPE)/gi, '&lt;');
  return text + read.slice(end);
}

/** A comment is a space to the languages that have it, or a new line where it held one. */
function commentReplacement({ state }: Context, read: string): string {
  if (state === 'JSBlockCmt') return /[\n\r\u2028\u2029]/.test(read) ? '\n' : ' ';
  return state === 'CSSBlockCmt' ? ' ' : '';
}
