/** What the value of an HTML attribute is, by the attribute's name. */

export type AttributeContent = 'plain' | 'css' | 'html' | 'js' | 'srcset' | 'unsafe' | 'url';

const NAMES: Readonly<Record<Exclude<AttributeContent, 'js'>, string>> = {
  plain:
    'accept alt autocomplete autofocus autoplay border checked class cols colspan ' +
    'contenteditable contextmenu controls coords datetime default dir dirname disabled ' +
    'draggable dropzone for formtarget headers height hidden high hreflang id ismap kind label ' +
    'lang list loop low max maxlength media mediagroup min multiple name open optimum ' +
    'placeholder preload pubdate radiogroup readonly required reversed rows rowspan spellcheck ' +
    'scope scoped seamless selected shape size sizes span srclang start step tabindex target ' +
    'title width wrap',
  css: 'style',
  html: 'srcdoc',
  srcset: 'srcset',
  unsafe:
    'accept-charset async challenge charset content crossorigin defer enctype form formenctype ' +
    'formmethod formnovalidate http-equiv keytype language method novalidate pattern rel sandbox ' +
    'type value',
  url:
    'action archive background cite classid codebase data formaction href icon longdesc manifest ' +
    'poster profile src usemap xmlns',
};

const CONTENT_BY_NAME: ReadonlyMap<string, AttributeContent> = new Map(
  Object.entries(NAMES).flatMap(([content, names]) =>
    names.split(' ').map((name) => [name, content as AttributeContent] as const),
  ),
);

/** @param name in lower case */
export function attributeContent(name: string): AttributeContent {
  const bare = bareName(name);
  if (bare === undefined) return 'url';
  const known = CONTENT_BY_NAME.get(bare);
  if (known !== undefined) return known;
  if (bare.startsWith('on')) return 'js';
  // Attributes of one's own tend to say in their names that they hold a URL.
  return /src|uri|url/.test(bare) ? 'url' : 'plain';
}

/** Without `data-` or a namespace; undefined for `xmlns:…`, whose value is a URL. */
function bareName(name: string): string | undefined {
  if (name.startsWith('data-')) return name.slice('data-'.length);
  const colon = name.indexOf(':');
  if (colon < 0) return name;
  return name.slice(0, colon) === 'xmlns' ? undefined : name.slice(colon + 1);
}
