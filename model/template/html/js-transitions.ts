/** How literal text changes the context in JavaScript. */
import { quoteGo } from '../../labels.ts';
import { type Context, errorContext, type JsContext, type State } from './context.ts';
import { quoteShort, type Transition } from './html-transitions.ts';

const JS_SPACES_AT_END =
  /[\f\n\r\t\v \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$/;
const BEFORE_REGEXP = new Set(',<>=*%&|^?!~([:;{}');
const KEYWORDS_BEFORE_REGEXP: ReadonlySet<string> = new Set([
  'break',
  'case',
  'continue',
  'delete',
  'do',
  'else',
  'finally',
  'in',
  'instanceof',
  'return',
  'throw',
  'try',
  'typeof',
  'void',
]);

/** What a slash would be after the text, which has no strings, comments and regexps. */
export function nextJsContext(text: string, before: JsContext): JsContext {
  const code = text.replace(JS_SPACES_AT_END, '');
  const last = code.at(-1);
  if (last === undefined) return before;
  if (last === '+' || last === '-') {
    const run = /\++$|-+$/.exec(code)?.[0].length ?? 1;
    // `++` ends an operand, `+` asks for one.
    return run % 2 === 1 ? 'Regexp' : 'DivOp';
  }
  if (last === '.') return /[0-9]\.$/.test(code) ? 'DivOp' : 'Regexp';
  if (BEFORE_REGEXP.has(last)) return 'Regexp';
  const word = /[A-Za-z0-9_$]*$/.exec(code)?.[0] ?? '';
  return KEYWORDS_BEFORE_REGEXP.has(word) ? 'Regexp' : 'DivOp';
}

export function fromJs(before: Context, text: string): Transition {
  const at = text.search(/["`'/{}<\-#]/);
  if (at < 0) {
    return [{ ...before, jsContext: nextJsContext(text, before.jsContext) }, text.length];
  }
  const c = { ...before, jsContext: nextJsContext(text.slice(0, at), before.jsContext) };
  const literal = (state: State): Transition => [{ ...c, state, jsContext: 'Regexp' }, at + 1];
  switch (text[at]) {
    case '"':
      return literal('JSDqStr');
    case "'":
      return literal('JSSqStr');
    case '`':
      return literal('JSTmplLit');
    case '/':
      return fromSlash(c, text, at);
    case '<':
      return text.startsWith('<!--', at) ? [{ ...c, state: 'JSHTMLOpenCmt' }, at + 4] : [c, at + 1];
    case '-':
      return text.startsWith('-->', at) ? [{ ...c, state: 'JSHTMLCloseCmt' }, at + 3] : [c, at + 1];
    case '#':
      return text[at + 1] === '!' ? [{ ...c, state: 'JSLineCmt' }, at + 2] : [c, at + 1];
    default:
      return fromBrace(c, text, at);
  }
}

function fromSlash(c: Context, text: string, at: number): Transition {
  if (text[at + 1] === '/') return [{ ...c, state: 'JSLineCmt' }, at + 2];
  if (text[at + 1] === '*') return [{ ...c, state: 'JSBlockCmt' }, at + 2];
  switch (c.jsContext) {
    case 'Regexp':
      return [{ ...c, state: 'JSRegexp' }, at + 1];
    case 'DivOp':
      return [{ ...c, jsContext: 'Regexp' }, at + 1];
    case 'Unknown': {
      const rest = quoteShort(text.slice(at));
      return [errorContext(`'/' could start a division or regexp: ${rest}`), text.length];
    }
  }
}

/** Braces matter within `${…}` only, to find its end. */
function fromBrace(c: Context, text: string, at: number): Transition {
  const brace = text[at] as string;
  const jsContext = nextJsContext(brace, c.jsContext);
  const open = c.braces.at(-1);
  if (open === undefined) return [{ ...c, jsContext }, at + 1];
  const outer = c.braces.slice(0, -1);
  if (brace === '{') return [{ ...c, jsContext, braces: [...outer, open + 1] }, at + 1];
  if (open > 0) return [{ ...c, jsContext, braces: [...outer, open - 1] }, at + 1];
  return [{ ...c, braces: outer, state: 'JSTmplLit' }, at + 1];
}

function unfinishedEscape(text: string): Transition {
  return [errorContext(`unfinished escape sequence in JS string: ${quoteGo(text)}`), text.length];
}

export function fromJsTemplate(c: Context, text: string): Transition {
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') {
      at++;
      if (at === text.length) return unfinishedEscape(text);
    } else if (char === '$' && text[at + 1] === '{') {
      return [{ ...c, braces: [...c.braces, 0], state: 'JS' }, at + 2];
    } else if (char === '`') return [{ ...c, state: 'JS' }, at + 1];
  }
  return [c, text.length];
}

/** Within quotes or slashes. */
export function fromJsLiteral(c: Context, text: string): Transition {
  const end = c.state === 'JSSqStr' ? "'" : c.state === 'JSRegexp' ? '/' : '"';
  const isRegexp = c.state === 'JSRegexp';
  let isInCharset = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') {
      at++;
      if (at === text.length) return unfinishedEscape(text);
    } else if (isRegexp && char === '[') isInCharset = true;
    else if (isRegexp && char === ']') isInCharset = false;
    else if (char === end) {
      const isScriptEnd = isRegexp && /^<\/script/i.test(text.slice(Math.max(at - 1, 0), at + 7));
      if (isScriptEnd) at++;
      else if (!isInCharset) return [{ ...c, state: 'JS', jsContext: 'DivOp' }, at + 1];
    }
  }
  if (!isInCharset) return [c, text.length];
  return [errorContext(`unfinished JS regexp charset: ${quoteGo(text)}`), text.length];
}

export function fromBlockComment(c: Context, text: string): Transition {
  const end = text.indexOf('*/');
  if (end < 0) return [c, text.length];
  return [{ ...c, state: c.state === 'JSBlockCmt' ? 'JS' : 'CSS' }, end + 2];
}

/** The line's end belongs to what follows. */
export function fromLineComment(c: Context, text: string): Transition {
  const isCss = c.state === 'CSSLineCmt';
  const end = text.search(isCss ? /[\n\f\r]/ : /[\n\r\u2028\u2029]/);
  return end < 0 ? [c, text.length] : [{ ...c, state: isCss ? 'CSS' : 'JS' }, end];
}

const JS_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/ecmascript',
  'application/javascript',
  'application/json',
  'application/ld+json',
  'application/x-ecmascript',
  'application/x-javascript',
  'module',
  'text/ecmascript',
  'text/javascript',
  'text/javascript1.0',
  'text/javascript1.1',
  'text/javascript1.2',
  'text/javascript1.3',
  'text/javascript1.4',
  'text/javascript1.5',
  'text/jscript',
  'text/livescript',
  'text/x-ecmascript',
  'text/x-javascript',
]);

/** Whether a `type` attribute says that a script element holds JavaScript. */
export function isJsType(mimeType: string): boolean {
  const [type = ''] = mimeType.split(';');
  return JS_TYPES.has(type.toLowerCase().trim());
}
