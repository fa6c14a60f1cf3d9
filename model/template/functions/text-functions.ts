/** Functions on text that Prometheus' and Alertmanager's templates share. */
import { compileRegex, RegexError } from '../../matcher.ts';
import { FunctionError } from '../template-error.ts';
import { STRING } from '../value/go-types.ts';
import { goBool, goString } from '../value/go-values.ts';
import { type Args, fixed, textArg } from './define.ts';

const ONE_TEXT = [STRING];
const TWO_TEXTS = [STRING, STRING];
const THREE_TEXTS = [STRING, STRING, STRING];

/** Patterns are typed by people; generated ones of any length could take any memory. */
const PATTERN_LENGTH_MAX = 10_000;
/** Pattern times text: RE2 needs at most so many steps. */
const MATCH_WORK_MAX = 200_000_000;

function compile(pattern: string, text: string) {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    throw new FunctionError(`regular expression longer than ${PATTERN_LENGTH_MAX} characters`);
  }
  if (pattern.length * text.length > MATCH_WORK_MAX) {
    throw new FunctionError('regular expression and text are too long together');
  }
  return compileRegex(pattern);
}

/** Matches anywhere in the text. */
export const MATCH_FUNCTION = fixed(TWO_TEXTS, (args) => {
  const [pattern, text] = [textArg(args, 0), textArg(args, 1)];
  try {
    return goBool(compile(pattern, text).matcher(text).find());
  } catch (error) {
    if (error instanceof RegexError) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
});

/** Replaces all matches; `$1`, `${1}` and `${name}` stand for groups, as in Go. */
export const REPLACE_ALL_FUNCTION = fixed(THREE_TEXTS, (args) => {
  const [pattern, template, text] = [textArg(args, 0), textArg(args, 1), textArg(args, 2)];
  try {
    return goString(replaceAll(pattern, template, text));
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    // The original compiles with MustCompile, whose panic has these words.
    throw new FunctionError(`regexp: Compile(${goQuote(pattern)}): ${error.message}`, {
      cause: error,
    });
  }
});

function goQuote(pattern: string): string {
  return pattern.includes('`') ? JSON.stringify(pattern) : `\`${pattern}\``;
}

function replaceAll(pattern: string, template: string, text: string): string {
  const regex = compile(pattern, text);
  const matcher = regex.matcher(text);
  const names = new Map(Object.entries(regex.namedGroups() as Record<string, number>));
  const parts = parseTemplate(template);
  let out = '';
  let from = 0;
  let lastEnd = -1;
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    // An empty match right behind the last one does not count.
    if (start === end && start === lastEnd) continue;
    lastEnd = end;
    out += text.slice(from, start);
    for (const part of parts) {
      if (typeof part === 'string') out += part;
      else {
        const group = part.name === undefined ? part.index : names.get(part.name);
        if (group !== undefined && group <= matcher.groupCount()) out += matcher.group(group) ?? '';
      }
    }
    from = end;
  }
  return out + text.slice(from);
}

type TemplatePart = string | { readonly index: number; readonly name?: string };

/** Go's `Expand`: `$name` takes as many letters, digits and underscores as it can. */
function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  const reference = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;
  for (const match of template.matchAll(reference)) {
    parts.push(template.slice(from, match.index));
    const name = match[1] ?? match[2];
    if (name === undefined) parts.push('$');
    else if (/^\d+$/.test(name)) parts.push({ index: Number(name) });
    else parts.push({ index: 0, name });
    from = match.index + match[0].length;
  }
  parts.push(template.slice(from));
  return parts;
}

export const UPPER_FUNCTION = fixed(ONE_TEXT, (args) => goString(toUpper(textArg(args, 0))));
export const LOWER_FUNCTION = fixed(ONE_TEXT, (args) => goString(toLower(textArg(args, 0))));

/**
 * Go maps rune by rune: what would become two letters, like `ß`, stays; a byte that is no UTF-8
 * becomes U+FFFD.
 */
function toUpper(text: string): string {
  let out = '';
  for (const char of text.toWellFormed()) {
    const upper = char.toUpperCase();
    out += Array.from(upper).length === 1 ? upper : char;
  }
  return out;
}

function toLower(text: string): string {
  let out = '';
  for (const char of text.toWellFormed()) {
    // The one letter that becomes two, İ, keeps the first of them.
    out += String.fromCodePoint(char.toLowerCase().codePointAt(0) as number);
  }
  return out;
}

/** Letters that are two in one have a form for titles: `ǆ` becomes `ǅ`. */
const TITLE_DIGRAPHS: ReadonlyMap<string, string> = new Map([
  ['\u01c4', '\u01c5'],
  ['\u01c7', '\u01c8'],
  ['\u01ca', '\u01cb'],
  ['\u01f1', '\u01f2'],
]);

function titleLetter(char: string): string {
  const [first = '', ...others] = Array.from(char.toUpperCase());
  return (TITLE_DIGRAPHS.get(first) ?? first) + others.join('').toLowerCase();
}

/** Stand within a word, one at a time: `don't`, `a.b`, `a:b`. */
const WITHIN_WORDS =
  /^[:\u00b7\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a.\u2018\u2019\u2024\ufe52\uff07\uff0e']$/;
const WORD_CHARACTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Cf}]$/u;
const WITHOUT_WORDS =
  /^[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]$/u;
const CASED = /^\p{Cased}$/u;

/**
 * Title case: the first cased letter of each word, and the rest in lower case or as it is. What a
 * word is follows golang.org/x/text/cases, `titleCaser`.
 */
export function titleCase(args: Args, rest: 'keep' | 'lower'): string {
  let out = '';
  let isInWord = false;
  let wasWithin = false;
  for (const char of textArg(args, 0)) {
    const isWithin = WITHIN_WORDS.test(char);
    if (isWithin && wasWithin) isInWord = false;
    wasWithin = isWithin;
    if (CASED.test(char)) {
      if (!isInWord) out += titleLetter(char);
      else out += rest === 'lower' ? char.toLowerCase() : char;
      isInWord = true;
      continue;
    }
    out += char;
    if (!isWithin && (!WORD_CHARACTER.test(char) || WITHOUT_WORDS.test(char))) isInWord = false;
  }
  return out;
}
