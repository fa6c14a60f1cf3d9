/** `$1`, `${name}` in replacements, by the rules of Go's `regexp.Expand`. */

/** A piece of a template: text as it is, or the number of a group (-1: there is no such group). */
export type TemplatePart = string | number;

/** Go reads group numbers up to here; longer ones are names. */
const GROUP_NUMBER_MAX = 1e8;

/**
 * `$name` takes the longest run of letters, digits and underscores, so `$1x` is the group named
 * `1x`; `$$` is a dollar sign; a `$` that begins no reference stands for itself.
 *
 * @param groupNumbers numbers of the named groups
 */
export function parseTemplate(
  template: string,
  groupNumbers: ReadonlyMap<string, number>,
): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf('$', at);
    if (dollar < 0) break;
    text += template.slice(at, dollar);
    at = dollar + 1;
    if (template[at] === '$') {
      text += '$';
      at++;
      continue;
    }
    const reference = REFERENCE.exec(template.slice(at));
    if (reference === null) {
      text += '$';
      continue;
    }
    if (text !== '') parts.push(text);
    text = '';
    const name = reference[1] ?? (reference[2] as string);
    parts.push(groupNumber(name) ?? groupNumbers.get(name) ?? -1);
    at += reference[0].length;
  }
  text += template.slice(at);
  if (text !== '') parts.push(text);
  return parts;
}

const REFERENCE = /^(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u;

function groupNumber(name: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]*)$/.test(name)) return undefined;
  const number = Number(name);
  return number < GROUP_NUMBER_MAX * 10 ? number : undefined;
}

/** @param groups the whole match and its groups; a group that took no part is undefined */
export function expandTemplate(
  parts: readonly TemplatePart[],
  groups: readonly (string | undefined)[],
): string {
  let out = '';
  for (const part of parts) {
    out += typeof part === 'string' ? part : (groups[part] ?? '');
  }
  return out;
}
