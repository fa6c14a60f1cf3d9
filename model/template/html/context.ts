/**
 * Where in a page a piece of text stands: Go's html/template `context`. States and their names
 * are Go's, for messages print them.
 */

export type State =
  | 'Text'
  | 'Tag'
  | 'AttrName'
  | 'AfterName'
  | 'BeforeValue'
  | 'HTMLCmt'
  | 'RCDATA'
  | 'Attr'
  | 'URL'
  | 'Srcset'
  | 'JS'
  | 'JSDqStr'
  | 'JSSqStr'
  | 'JSTmplLit'
  | 'JSRegexp'
  | 'JSBlockCmt'
  | 'JSLineCmt'
  | 'JSHTMLOpenCmt'
  | 'JSHTMLCloseCmt'
  | 'CSS'
  | 'CSSDqStr'
  | 'CSSSqStr'
  | 'CSSDqURL'
  | 'CSSSqURL'
  | 'CSSURL'
  | 'CSSBlockCmt'
  | 'CSSLineCmt'
  | 'Error'
  | 'MetaContent'
  | 'MetaContentURL'
  /** After a `break` or `continue`. */
  | 'Dead';

/** What ends the attribute value; None outside of one. */
export type Delim = 'None' | 'DoubleQuote' | 'SingleQuote' | 'SpaceOrTagEnd';
export type UrlPart = 'None' | 'PreQuery' | 'QueryOrFrag' | 'Unknown';
/** Whether a slash would begin a regular expression or divide. */
export type JsContext = 'Regexp' | 'DivOp' | 'Unknown';
export type Attr = 'None' | 'Script' | 'ScriptType' | 'Style' | 'URL' | 'Srcset' | 'MetaContent';
export type Element = 'None' | 'Script' | 'Style' | 'Textarea' | 'Title' | 'Meta';

export interface Context {
  readonly state: State;
  readonly delim: Delim;
  readonly urlPart: UrlPart;
  readonly jsContext: JsContext;
  /** Open braces in each `${…}` of JavaScript template literals. */
  readonly braces: readonly number[];
  readonly attr: Attr;
  readonly element: Element;
  /** With the state Error. */
  readonly error: EscapeProblem | undefined;
}

/** What makes a template unsafe. The place is added where it is known. */
export interface EscapeProblem {
  readonly message: string;
  /** `NAME:LINE:COLUMN`, or undefined: then the template's name and the line. */
  readonly place: string | undefined;
  readonly line: number;
}

export const TEXT_CONTEXT: Context = {
  state: 'Text',
  delim: 'None',
  urlPart: 'None',
  jsContext: 'Regexp',
  braces: [],
  attr: 'None',
  element: 'None',
  error: undefined,
};

export const DEAD_CONTEXT: Context = { ...TEXT_CONTEXT, state: 'Dead' };

export function contextAt(state: State, element: Element = 'None', attr: Attr = 'None'): Context {
  return { ...TEXT_CONTEXT, state, element, attr };
}

export function errorContext(message: string, place?: string, line = 0): Context {
  return { ...TEXT_CONTEXT, state: 'Error', error: { message, place, line } };
}

export function isSameContext(a: Context, b: Context): boolean {
  return (
    a.state === b.state &&
    a.delim === b.delim &&
    a.urlPart === b.urlPart &&
    a.jsContext === b.jsContext &&
    a.braces.join() === b.braces.join() &&
    a.attr === b.attr &&
    a.element === b.element &&
    a.error === b.error
  );
}

/** As messages show it. */
export function describeContext(c: Context): string {
  const parts = [
    `state${c.state}`,
    `delim${c.delim}`,
    `urlPart${c.urlPart}`,
    `jsCtx${c.jsContext}`,
    `[${c.braces.join(' ')}]`,
    `attr${c.attr}`,
    `element${c.element}`,
    c.error?.message ?? '<nil>',
  ];
  return `{${parts.join(' ')}}`;
}

/** The name of a template as it is when called in the context. */
export function nameInContext(name: string, c: Context): string {
  if (c.state === 'Text') return name;
  let out = `${name}$htmltemplate_state${c.state}`;
  if (c.delim !== 'None') out += `_delim${c.delim}`;
  if (c.urlPart !== 'None') out += `_urlPart${c.urlPart}`;
  if (c.jsContext !== 'Regexp') out += `_jsCtx${c.jsContext}`;
  if (c.braces.length > 0) out += `_jsBraceDepth([${c.braces.join(' ')}])`;
  if (c.attr !== 'None') out += `_attr${c.attr}`;
  if (c.element !== 'None') out += `_element${c.element}`;
  return out;
}

const COMMENTS: ReadonlySet<State> = new Set<State>([
  'HTMLCmt',
  'JSBlockCmt',
  'JSLineCmt',
  'JSHTMLOpenCmt',
  'JSHTMLCloseCmt',
  'CSSBlockCmt',
  'CSSLineCmt',
]);

export function isComment(state: State): boolean {
  return COMMENTS.has(state);
}

export function isInTag(state: State): boolean {
  return ['Tag', 'AttrName', 'AfterName', 'BeforeValue', 'Attr'].includes(state);
}

export function isInScriptLiteral(state: State): boolean {
  return ['JSDqStr', 'JSSqStr', 'JSTmplLit', 'JSRegexp'].includes(state);
}

export const ATTR_START_STATES: Readonly<Record<Attr, State>> = {
  None: 'Attr',
  Script: 'JS',
  ScriptType: 'Attr',
  Style: 'CSS',
  URL: 'URL',
  Srcset: 'Srcset',
  MetaContent: 'MetaContent',
};

/** The context after what takes no text: an action in a tag begins an attribute, for example. */
export function nudge(c: Context): Context {
  switch (c.state) {
    case 'Tag':
      return { ...c, state: 'AttrName' };
    case 'BeforeValue':
      return { ...c, state: ATTR_START_STATES[c.attr], delim: 'SpaceOrTagEnd', attr: 'None' };
    case 'AfterName':
      return { ...c, state: 'AttrName', attr: 'None' };
    default:
      return c;
  }
}
