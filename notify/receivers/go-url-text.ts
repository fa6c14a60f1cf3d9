/** URLs put together as Go does. */

/** Go's `url.Values.Encode`: by name, in order, a space as `+`. */
export function goQuery(values: Readonly<Record<string, string>>): string {
  return Object.keys(values)
    .sort()
    .map((name) => `${queryEscape(name)}=${queryEscape(values[name] ?? '')}`)
    .join('&');
}

/** Adds to the path of a URL, before its query; the text is escaped. */
export function addPath(url: string, path: string): string {
  const [, before = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  return `${before}${pathEscape(path)}${rest}`;
}

/** Adds a path to that of a URL, with one slash between. */
export function joinPath(url: string, path: string): string {
  const [, before = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  return `${before.replace(/\/+$/, '')}/${pathEscape(path)}${rest}`;
}

/** Sets the query of a URL that has none, or adds to it. */
export function addQuery(url: string, values: Readonly<Record<string, string>>): string {
  return `${url}${url.includes('?') ? '&' : '?'}${goQuery(values)}`;
}

function queryEscape(text: string): string {
  return strictEscape(text).replaceAll('%20', '+');
}

/** What Go leaves in a path besides letters, digits and `-_.~`. */
function pathEscape(text: string): string {
  return strictEscape(text).replace(/%(?:24|26|2B|2F|3A|3D|40)/g, decodeURIComponent);
}

function strictEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
