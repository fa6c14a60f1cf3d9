/** The context after literal text, whatever it is before. */

import { quoteGo } from '../../labels.ts';
import { type Context, errorContext, type State } from './context.ts';
import { fromCss, fromCssString } from './css-transitions.ts';
import { unescapeHtml } from './entities.ts';
import {
  fromAfterName,
  fromAttributeName,
  fromBeforeValue,
  fromHtmlComment,
  fromMetaContent,
  fromMetaContentUrl,
  fromSpecialElement,
  fromTag,
  fromText,
  fromUrl,
  type Transition,
} from './html-transitions.ts';
import {
  fromBlockComment,
  fromJs,
  fromJsLiteral,
  fromJsTemplate,
  fromLineComment,
  isJsType,
} from './js-transitions.ts';

type Step = (c: Context, text: string) => Transition;

const stay: Step = (c, text) => [c, text.length];

const STEPS: Readonly<Record<State, Step>> = {
  Text: fromText,
  Tag: fromTag,
  AttrName: fromAttributeName,
  AfterName: fromAfterName,
  BeforeValue: fromBeforeValue,
  HTMLCmt: fromHtmlComment,
  RCDATA: fromSpecialElement,
  Attr: stay,
  URL: fromUrl,
  Srcset: fromUrl,
  MetaContent: fromMetaContent,
  MetaContentURL: fromMetaContentUrl,
  JS: fromJs,
  JSDqStr: fromJsLiteral,
  JSSqStr: fromJsLiteral,
  JSRegexp: fromJsLiteral,
  JSTmplLit: fromJsTemplate,
  JSBlockCmt: fromBlockComment,
  JSLineCmt: fromLineComment,
  JSHTMLOpenCmt: fromLineComment,
  JSHTMLCloseCmt: fromLineComment,
  CSS: fromCss,
  CSSDqStr: fromCssString,
  CSSSqStr: fromCssString,
  CSSDqURL: fromCssString,
  CSSSqURL: fromCssString,
  CSSURL: fromCssString,
  CSSBlockCmt: fromBlockComment,
  CSSLineCmt: fromLineComment,
  Error: stay,
  Dead: stay,
};

/** One step by the state alone, without regard to attribute delimiters. */
export function step(c: Context, text: string): Transition {
  return STEPS[c.state](c, text);
}

/** Where an attribute value with the delimiter ends. */
export const DELIM_ENDS: Readonly<Record<Exclude<Context['delim'], 'None'>, RegExp>> = {
  DoubleQuote: /"/,
  SingleQuote: /'/,
  SpaceOrTagEnd: /[ \t\n\f\r>]/,
};

/** Takes some of the text; `consumed` may be 0 at an end tag, with a new context. */
export function contextAfterText(c: Context, text: string): Transition {
  if (c.delim === 'None') {
    const [special, end] = fromSpecialElement(c, text);
    // An end tag like `</script>` ends every state within.
    return end === 0 ? [special, 0] : step(c, text.slice(0, end));
  }
  const found = text.search(DELIM_ENDS[c.delim]);
  const end = found < 0 ? text.length : found;
  if (c.delim === 'SpaceOrTagEnd') {
    const bad = /["'<=`]/.exec(text.slice(0, end));
    if (bad !== null) {
      const value = quoteGo(text.slice(0, end));
      return [errorContext(`${quoteGo(bad[0])} in unquoted attr: ${value}`), text.length];
    }
  }
  if (end === text.length) return [insideValue(c, text), text.length];
  const isOtherScript =
    c.state === 'Attr' &&
    c.element === 'Script' &&
    c.attr === 'ScriptType' &&
    !isJsType(text.slice(0, end));
  const tag: Context = {
    ...c,
    state: 'Tag',
    delim: 'None',
    urlPart: 'None',
    jsContext: 'Regexp',
    braces: [],
    attr: 'None',
    element: isOtherScript ? 'None' : c.element,
    error: undefined,
  };
  return [tag, c.delim === 'SpaceOrTagEnd' ? end : end + 1];
}

/** The value goes on after the text; entities in it count as what they stand for. */
function insideValue(start: Context, text: string): Context {
  let c = start;
  let rest = unescapeHtml(text);
  while (rest !== '') {
    const [next, consumed] = step(c, rest);
    c = next;
    rest = rest.slice(consumed);
  }
  return c;
}
