/** HTML that is to stand in an attribute: its text alone. */
import { type Context, contextAt, isInTag, TEXT_CONTEXT } from './context.ts';
import { fromSpecialElement } from './html-transitions.ts';
import { DELIM_ENDS, step } from './transitions.ts';

export function stripTags(html: string): string {
  let c: Context = TEXT_CONTEXT;
  let out = '';
  let isAllText = true;
  let at = 0;
  while (at < html.length) {
    const rest = html.slice(at);
    if (c.delim !== 'None') {
      const end = rest.search(DELIM_ENDS[c.delim]);
      if (end < 0) break;
      at += c.delim === 'SpaceOrTagEnd' ? end : end + 1;
      c = contextAt('Tag', c.element);
      continue;
    }
    // Scripts and styles are text here, up to their end tag.
    const isRaw = c.element !== 'None' && !isInTag(c.state);
    const [next, consumed] = isRaw ? fromSpecialElement(c, rest) : step(c, rest);
    if (c.state === 'Text' || c.state === 'RCDATA') {
      const read = rest.slice(0, consumed);
      const open = next.state === c.state ? -1 : read.lastIndexOf('<');
      out += open < 0 ? read : read.slice(0, open);
    } else isAllText = false;
    c = next;
    at += consumed;
  }
  if (isAllText) return html;
  return c.state === 'Text' || c.state === 'RCDATA' ? out + html.slice(at) : out;
}
