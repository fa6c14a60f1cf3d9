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

/** Go maps rune by rune: what would become two letters, like `ß`, stays. */
function toUpper(text: string): string {
  return mapRunes(text, (char) => char.toUpperCase());
}

function toLower(text: string): string {
  return mapRunes(text, (char) => char.toLowerCase());
}

function mapRunes(text: string, map: (char: string) => string): string {
  let out = '';
  for (const char of text) {
    const mapped = map(char);
    out += Array.from(mapped).length === 1 ? mapped : char;
  }
  return out;
}

/** Words as Unicode's word boundaries have them: `don't` is one, `a-b` two. */
const WORDS = new Intl.Segmenter('en-US', { granularity: 'word' });

/** Title case: the first letter of each word, and the rest in lower case or as it is. */
export function titleCase(args: Args, rest: 'keep' | 'lower'): string {
  let out = '';
  for (const { segment } of WORDS.segment(textArg(args, 0))) {
    const at = segment.search(/\p{L}/u);
    if (at < 0) {
      out += segment;
      continue;
    }
    const first = String.fromCodePoint(segment.codePointAt(at) as number);
    const tail = segment.slice(at + first.length);
    const title = first.toUpperCase();
    out += segment.slice(0, at) + title + (rest === 'lower' ? tail.toLowerCase() : tail);
  }
  return out;
}
