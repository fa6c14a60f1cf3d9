/** Go's `json.Marshal` of template values. */
import { compareUtf8 } from '../../labels.ts';
import { formatFloat } from '../format/float-format.ts';
import { FunctionError } from '../template-error.ts';
import type { GoValue, Maybe } from './go-values.ts';

/** Values within values; beyond it Go would run out of stack. */
const JSON_DEPTH_MAX = 1000;

/** @throws FunctionError for what JSON cannot say: NaN, functions */
export function toGoJson(value: Maybe<GoValue>, depth = 0): string {
  if (depth > JSON_DEPTH_MAX) throw new FunctionError('json: value is nested too deep');
  if (value === undefined) return 'null';
  const own = value.type.toJson?.(value);
  if (own !== undefined) return own;
  switch (value.kind) {
    case 'bool':
    case 'int':
    case 'uint':
      return String(value.value);
    case 'float':
      return jsonFloat(value.value);
    case 'string':
      return jsonString(value.value);
    case 'slice':
      if (value.isNil) return 'null';
      return `[${value.items.map((item) => toGoJson(item, depth + 1)).join(',')}]`;
    case 'map': {
      if (value.isNil) return 'null';
      const keys = [...value.entries.keys()].sort(compareUtf8);
      const members = keys.map(
        (key) => `${jsonString(key)}:${toGoJson(value.entries.get(key), depth + 1)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'struct': {
      const members = (value.type.fields ?? []).flatMap((field, index) => {
        if (field.isHidden === true) return [];
        const name = jsonString(field.json ?? field.name);
        return [`${name}:${toGoJson(value.fields[index], depth + 1)}`];
      });
      return `{${members.join(',')}}`;
    }
    case 'pointer':
    case 'interface':
      return toGoJson(value.target, depth + 1);
    case 'func':
      throw new FunctionError(`json: unsupported type: ${value.type.name}`);
  }
}

function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) {
    throw new FunctionError(`json: unsupported value: ${formatFloat(value, 'g')}`);
  }
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return formatFloat(value, 'f');
  // An exponent of one digit has no zero before it.
  return formatFloat(value, 'e').replace(/e-0(\d)$/, 'e-$1');
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const ESCAPED = /["\\<>&\u2028\u2029]|[^\P{Cc}\x7f-\x9f]|\p{Cs}/gu;

/** With `<`, `>` and `&` escaped too, so that it can stand in HTML. */
function jsonString(text: string): string {
  const escaped = text.replace(ESCAPED, (char) => {
    const short = ESCAPES.get(char);
    if (short !== undefined) return short;
    const code = char.charCodeAt(0);
    // A byte that is no UTF-8.
    if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
