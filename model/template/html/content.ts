/** Strings marked as safe for one place in HTML, and how escapers see their arguments. */
import { sprint } from '../format/printer.ts';
import type { GoType, SafeContent } from '../value/go-types.ts';
import { type GoValue, indirect, type Maybe, type StringValue } from '../value/go-values.ts';

function safeString(name: string, safeContent: SafeContent): GoType {
  return { kind: 'string', name, isNamed: true, underlying: 'string', safeContent };
}

const HTML: GoType = safeString('template.HTML', 'html');
const URL_CONTENT: GoType = safeString('template.URL', 'url');

/** A fragment of HTML that needs no escaping (`safeHtml`). */
export function goHtml(value: string): StringValue {
  return { kind: 'string', type: HTML, value };
}

/** A URL, or a part of one, that needs no escaping (`safeUrl`). */
export function goUrl(value: string): StringValue {
  return { kind: 'string', type: URL_CONTENT, value };
}

export interface Content {
  readonly text: string;
  /** Undefined: plain text. */
  readonly safe: SafeContent | undefined;
}

/** The arguments of an escaper as one text; nil is nothing, not `<nil>`. */
export function contentOf(args: readonly Maybe<GoValue>[]): Content {
  const [first] = args;
  if (args.length === 1) {
    const { value } = indirect(first);
    if (value?.kind === 'string' && value.type.toText === undefined) {
      return { text: value.value, safe: value.type.safeContent };
    }
  }
  const shown = args.filter((arg) => arg !== undefined).map((arg) => printed(arg));
  return { text: sprint(shown), safe: undefined };
}

/** Through pointers to what prints itself. */
export function printed(value: Maybe<GoValue>): Maybe<GoValue> {
  const { value: inner, isNil } = indirect(value);
  return isNil ? value : inner;
}
