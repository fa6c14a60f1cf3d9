/** How literal text changes the context in CSS. Strings are taken for URLs, to be safe. */
import { quoteGo } from '../../labels.ts';
import { type Context, errorContext, type State } from './context.ts';
import { decodeCss } from './css-text.ts';
import { fromUrl, skipSpaces, type Transition } from './html-transitions.ts';

export function fromCss(c: Context, text: string): Transition {
  const to = (state: State, at: number): Transition => [{ ...c, state }, at];
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '(': {
        if (!/(?:^|[^\w\u0080-\uffff-])url[\t\n\f\r ]*$/i.test(text.slice(0, at))) break;
        const start = skipSpaces(text, at + 1);
        if (text[start] === '"') return to('CSSDqURL', start + 1);
        if (text[start] === "'") return to('CSSSqURL', start + 1);
        return to('CSSURL', start);
      }
      case '/':
        if (text[at + 1] === '/') return to('CSSLineCmt', at + 2);
        if (text[at + 1] === '*') return to('CSSBlockCmt', at + 2);
        break;
      case '"':
        return to('CSSDqStr', at + 1);
      case "'":
        return to('CSSSqStr', at + 1);
      default:
    }
  }
  return [c, text.length];
}

function stringEnds(state: State): string {
  if (state === 'CSSDqStr' || state === 'CSSDqURL') return '"';
  return state === 'CSSURL' ? '\t\n\f\r )' : "'";
}

export function fromCssString(before: Context, text: string): Transition {
  const ends = stringEnds(before.state);
  let c = before;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\\') {
      at++;
      if (at === text.length) {
        return [
          errorContext(`unfinished escape sequence in CSS string: ${quoteGo(text)}`),
          text.length,
        ];
      }
    } else if (ends.includes(char)) return [{ ...c, state: 'CSS' }, at + 1];
    else continue;
    [c] = fromUrl(c, decodeCss(text.slice(0, at + 1)));
    from = at + 1;
  }
  [c] = fromUrl(c, decodeCss(text.slice(from)));
  return [c, text.length];
}
