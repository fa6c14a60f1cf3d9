/** Text and attributes of HTML. */
import type { Args } from '../functions/define.ts';
import { attributeContent } from './attributes.ts';
import { contentOf } from './content.ts';
import { FAILSAFE } from './css-text.ts';
import { stripTags } from './strip-tags.ts';

const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ['&', '&amp;'],
  ["'", '&#39;'],
  ['+', '&#43;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** @param keepsEntities of text that is HTML already */
function escape(text: string, keepsEntities: boolean): string {
  const special = keepsEntities ? /[\0"'+<>]/g : /[\0"&'+<>]/g;
  return text.replace(special, (char) => REPLACEMENTS.get(char) ?? char);
}

export function escapeText(args: Args): string {
  const { text, safe } = contentOf(args);
  return safe === 'html' ? text : escape(text, false);
}

/** For `<title>` and `<textarea>`, which hold text without tags. */
export function escapeRcdata(args: Args): string {
  const { text, safe } = contentOf(args);
  return escape(text, safe === 'html');
}

/** For attribute values in quotes. */
export function escapeAttribute(args: Args): string {
  const { text, safe } = contentOf(args);
  return safe === 'html' ? escape(stripTags(text), true) : escape(text, false);
}

/** For attribute values without quotes. */
export function escapeUnquoted(args: Args): string {
  const { text, safe } = contentOf(args);
  if (text === '') return FAILSAFE;
  return safe === 'html' ? unquoted(stripTags(text), true) : unquoted(text, false);
}

function unquoted(text: string, keepsEntities: boolean): string {
  const special = /[\0\t\n\v\f\r "&'+<=>`]|[\ufdd0-\ufdef\ufff0-\uffff]|\p{Cs}/gu;
  return text.replace(special, (char) => {
    if (char === '\0') return '&#xfffd;';
    if (char === '&') return keepsEntities ? '&' : '&amp;';
    if (char === '<') return '&lt;';
    if (char === '>') return '&gt;';
    // A byte that is no UTF-8 becomes the character that stands for one.
    const code = /\p{Cs}/u.test(char) ? 0xfffd : char.charCodeAt(0);
    return code < 0x80 ? `&#${code};` : `&#x${code.toString(16)};`;
  });
}

/** Names of attributes: plain ones only, so that none can hold a URL or a script. */
export function filterName(args: Args): string {
  const { text, safe } = contentOf(args);
  if (safe === 'htmlAttr') return text;
  const name = text.toLowerCase();
  if (!/^[0-9a-z]+$/.test(name) || attributeContent(name) !== 'plain') return FAILSAFE;
  return name;
}
