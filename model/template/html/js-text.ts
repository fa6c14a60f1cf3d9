/** Values in scripts and event handlers. */
import { sprint } from '../format/printer.ts';
import type { Args } from '../functions/define.ts';
import { FunctionError } from '../template-error.ts';
import { type GoValue, goString, indirect, type Maybe } from '../value/go-values.ts';
import { toGoJson } from '../value/json.ts';
import { contentOf, printed } from './content.ts';

/** A value as a JavaScript expression, by way of JSON. */
export function escapeJsValue(args: Args): string {
  const value = args.length === 1 ? jsonSource(args[0]) : goString(sprint(args.map(printed)));
  if (typeof value === 'string') return value;
  const json = marshalled(value);
  if (typeof json !== 'string') return json.comment;
  // JSON escapes U+2028 and U+2029, so that this is JavaScript as well. Spaces keep names and
  // numbers apart from keywords.
  const isPadded = /^[\w$]|[\w$]$/.test(json);
  return isPadded ? ` ${json} ` : json;
}

/** What is to become JSON, or text that is JavaScript already. */
function jsonSource(arg: Maybe<GoValue>): Maybe<GoValue> | string {
  const value = indirect(arg).value;
  if (value?.kind === 'string') {
    if (value.type.safeContent === 'js') return value.value;
    if (value.type.safeContent === 'jsStr') return `"${value.value}"`;
  }
  if (value === undefined || value.type.toJson !== undefined) return value;
  const own = value.type.toText?.(value);
  return own === undefined ? value : goString(own);
}

function marshalled(value: Maybe<GoValue>): string | { comment: string } {
  try {
    return toGoJson(value);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const message = error.message
      .replace(/<(\/?)script/gi, '\\x3C$1script')
      .replaceAll('*/', '* /')
      .replaceAll('<!--', '\\x3C!--');
    return { comment: ` /* ${message} */null ` };
  }
}

const CONTROL: ReadonlyMap<string, string> = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
]);

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** @param special further characters and what they become */
function escapeWith(text: string, special: ReadonlyMap<string, string>): string {
  let out = '';
  for (const char of text) {
    const replacement = special.get(char) ?? CONTROL.get(char);
    if (replacement !== undefined) out += replacement;
    else out += char < ' ' ? unicodeEscape(char) : char;
  }
  return out;
}

const MARKUP: readonly (readonly [string, string])[] = Array.from(`"\`&'+<>`).map(
  (char) => [char, unicodeEscape(char)] as const,
);
const STRING = new Map([...MARKUP, ['/', '\\/'], ['\\', '\\\\']] as const);
const SAFE_STRING = new Map([...MARKUP, ['/', '\\/']] as const);
const TEMPLATE = new Map([
  ...STRING,
  ...Array.from('${}').map((char) => [char, unicodeEscape(char)] as const),
]);
const REGEXP = new Map([
  ...Array.from(`"&'+<>`).map((char) => [char, unicodeEscape(char)] as const),
  ...Array.from('$()*-./?[\\]^{|}').map((char) => [char, `\\${char}`] as const),
]);

/** For the inside of a string in quotes. */
export function escapeJsString(args: Args): string {
  const { text, safe } = contentOf(args);
  return escapeWith(text, safe === 'jsStr' ? SAFE_STRING : STRING);
}

/** For the inside of a template literal. */
export function escapeJsTemplate(args: Args): string {
  return escapeWith(contentOf(args).text, TEMPLATE);
}

/** For the inside of a regular expression. */
export function escapeJsRegexp(args: Args): string {
  const escaped = escapeWith(contentOf(args).text, REGEXP);
  // An empty expression would begin a comment.
  return escaped === '' ? '(?:)' : escaped;
}
