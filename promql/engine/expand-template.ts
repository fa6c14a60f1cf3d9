/**
 * Go's `Regexp.Expand`: `$1`, `$name`, `${name}` stand for groups, `$$` for a dollar sign. A name
 * without braces is as long as it can be: `$1x` is the group "1x". A dollar sign followed by
 * anything else stands for itself.
 */
const REFERENCE = /\$(?:\$|\{([\p{L}\p{N}_]+)\}|([\p{L}\p{N}_]+))/gu;

/** @param groupText what a group matched, '' for one that does not exist */
export function expandTemplate(template: string, groupText: (name: string) => string): string {
  return template.replace(REFERENCE, (whole, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    return groupText(braced ?? bare ?? '');
  });
}
