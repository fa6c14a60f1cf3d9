/** How literal text changes the context in HTML itself. */
import { quoteGo } from '../../labels.ts';
import { attributeContent } from './attributes.ts';
import {
  ATTR_START_STATES,
  type Attr,
  type Context,
  contextAt,
  type Delim,
  type Element,
  errorContext,
  isComment,
  isInScriptLiteral,
  type State,
  TEXT_CONTEXT,
} from './context.ts';

/** The context after `consumed` characters. */
export type Transition = readonly [context: Context, consumed: number];

const COMMENT_START = '<!--';
const COMMENT_END = '-->';
const SPACES = /[ \t\n\f\r]*/y;
/** `x-y` and `x:y` are names, `x-` and `x--y` only as far as the x. */
const TAG_NAME = /[A-Za-z][A-Za-z0-9]*(?:[:-][A-Za-z0-9]+)*/y;

export function skipSpaces(text: string, at: number): number {
  SPACES.lastIndex = at;
  return at + (SPACES.exec(text)?.[0].length ?? 0);
}

const ELEMENTS: ReadonlyMap<string, Element> = new Map([
  ['script', 'Script'],
  ['style', 'Style'],
  ['textarea', 'Textarea'],
  ['title', 'Title'],
  ['meta', 'Meta'],
]);

export function fromText(c: Context, text: string): Transition {
  let from = 0;
  for (;;) {
    const open = text.indexOf('<', from);
    if (open < 0 || open + 1 === text.length) return [c, text.length];
    if (text.startsWith(COMMENT_START, open)) {
      return [contextAt('HTMLCmt'), open + COMMENT_START.length];
    }
    const isEnd = text[open + 1] === '/';
    const nameAt = open + (isEnd ? 2 : 1);
    if (nameAt === text.length) return [c, text.length];
    TAG_NAME.lastIndex = nameAt;
    const name = TAG_NAME.exec(text)?.[0] ?? '';
    if (name !== '') {
      const element = isEnd ? 'None' : (ELEMENTS.get(name.toLowerCase()) ?? 'None');
      return [contextAt('Tag', element), nameAt + name.length];
    }
    from = nameAt;
  }
}

const CONTENT_STATES: Readonly<Record<Element, State>> = {
  None: 'Text',
  Script: 'JS',
  Style: 'CSS',
  Textarea: 'RCDATA',
  Title: 'RCDATA',
  Meta: 'Text',
};

export function fromTag(c: Context, text: string): Transition {
  const at = skipSpaces(text, 0);
  if (at === text.length) return [c, text.length];
  if (text[at] === '>') {
    if (c.element === 'Meta') return [TEXT_CONTEXT, at + 1];
    return [contextAt(CONTENT_STATES[c.element], c.element), at + 1];
  }
  const end = attributeNameEnd(text, at);
  if (typeof end !== 'number') return [end, text.length];
  if (end === at) {
    const got = quoteGo(text.slice(at));
    return [errorContext(`expected space, attr name, or end of tag, but got ${got}`), text.length];
  }
  const attr = attributeKind(text.slice(at, end).toLowerCase(), c.element);
  const state = end === text.length ? 'AttrName' : 'AfterName';
  return [contextAt(state, c.element, attr), end];
}

function attributeKind(name: string, element: Element): Attr {
  if (element === 'Script' && name === 'type') return 'ScriptType';
  if (element === 'Meta' && name === 'content') return 'MetaContent';
  switch (attributeContent(name)) {
    case 'url':
      return 'URL';
    case 'css':
      return 'Style';
    case 'js':
      return 'Script';
    case 'srcset':
      return 'Srcset';
    default:
      return 'None';
  }
}

const SHOWN_MAX = 32;

/** Go's `%.32q`. */
export function quoteShort(text: string): string {
  return quoteGo(
    Array.from(text.slice(0, SHOWN_MAX * 2))
      .slice(0, SHOWN_MAX)
      .join(''),
  );
}

/** Where the attribute name that begins at `at` ends; a context for a name that cannot be. */
function attributeNameEnd(text: string, at: number): number | Context {
  for (let end = at; end < text.length; end++) {
    const char = text[end] as string;
    if (' \t\n\f\r=>'.includes(char)) return end;
    if (`'"<`.includes(char)) {
      return errorContext(`${quoteGo(char)} in attribute name: ${quoteShort(text)}`);
    }
  }
  return text.length;
}

export function fromAttributeName(c: Context, text: string): Transition {
  const end = attributeNameEnd(text, 0);
  if (typeof end !== 'number') return [end, text.length];
  return [end === text.length ? c : { ...c, state: 'AfterName' }, end];
}

export function fromAfterName(c: Context, text: string): Transition {
  const at = skipSpaces(text, 0);
  if (at === text.length) return [c, text.length];
  // No value: the tag ends, or another attribute begins.
  if (text[at] !== '=') return [{ ...c, state: 'Tag' }, at];
  return [{ ...c, state: 'BeforeValue' }, at + 1];
}

export function fromBeforeValue(c: Context, text: string): Transition {
  const at = skipSpaces(text, 0);
  if (at === text.length) return [c, text.length];
  const quote = text[at];
  const delim: Delim =
    quote === "'" ? 'SingleQuote' : quote === '"' ? 'DoubleQuote' : 'SpaceOrTagEnd';
  const state = ATTR_START_STATES[c.attr];
  return [{ ...c, state, delim }, delim === 'SpaceOrTagEnd' ? at : at + 1];
}

export function fromHtmlComment(c: Context, text: string): Transition {
  const end = text.indexOf(COMMENT_END);
  return end < 0 ? [c, text.length] : [TEXT_CONTEXT, end + COMMENT_END.length];
}

/** The end tag of an element whose content is no HTML. */
export function fromSpecialElement(c: Context, text: string): Transition {
  if (c.element === 'None') return [c, text.length];
  // `</script` within a literal is text, and is escaped when it is written.
  const isInLiteral = isInScriptLiteral(c.state) || isComment(c.state);
  if (c.element === 'Script' && isInLiteral) return [c, text.length];
  const name = c.element === 'Meta' ? '' : c.element;
  const end = text.search(new RegExp(`</${name}[> \\t\\n\\f/]`, 'i'));
  return end < 0 ? [c, text.length] : [TEXT_CONTEXT, end];
}

export function fromUrl(c: Context, text: string): Transition {
  if (/[#?]/.test(text)) return [{ ...c, urlPart: 'QueryOrFrag' }, text.length];
  const isBlank = skipSpaces(text, 0) === text.length;
  if (isBlank || c.urlPart !== 'None') return [c, text.length];
  return [{ ...c, urlPart: 'PreQuery' }, text.length];
}

export function fromMetaContent(c: Context, text: string): Transition {
  const url = /url[ \t\n\f\r]*=/i.exec(text);
  if (url === null) return [c, text.length];
  return [{ ...c, state: 'MetaContentURL' }, url.index + url[0].length];
}

export function fromMetaContentUrl(c: Context, text: string): Transition {
  const end = text.indexOf(';');
  return end < 0 ? [c, text.length] : [{ ...c, state: 'MetaContent' }, end + 1];
}
