import type { LabelSet } from '../api/prometheus.ts';

/** Light and dark; pairs share a hue, so that a switch of the theme keeps their meaning. */
export const PALETTE: readonly (readonly [light: string, dark: string])[] = [
  ['#1f6fd6', '#5aa2ff'],
  ['#bd8708', '#e4a40f'],
  ['#90053c', '#db3869'],
  ['#746b00', '#8d8307'],
  ['#6618a2', '#ddc4ff'],
  ['#049863', '#20f6a5'],
  ['#d23c8d', '#febad7'],
  ['#9079fe', '#7f63ee'],
  ['#0a796f', '#089487'],
  ['#4f5106', '#d5dc03'],
  ['#890064', '#e85ab6'],
  ['#005b44', '#12b288'],
];

export interface LineStyle {
  readonly color: string;
  /** Beyond the palette the same hues come again, dashed and dotted. */
  readonly dash: 'solid' | 'dashed' | 'dotted';
}

const DASHES = ['solid', 'dashed', 'dotted'] as const;

/**
 * A colour for each label set: that of its text, so that a Pod has one colour in every chart; who
 * comes later in the order of the texts moves on when a place is taken.
 */
export function assignStyles(keys: readonly string[], isDark: boolean): readonly LineStyle[] {
  const places = new Map<string, number>();
  const taken = new Set<number>();
  const size = PALETTE.length * DASHES.length;
  for (const key of keys.toSorted()) {
    if (places.has(key)) continue;
    let place = hash(key) % PALETTE.length;
    for (let tries = 0; taken.has(place) && tries < size; tries++) {
      // First all hues, then the same ones dashed.
      const hue = (place + 1) % PALETTE.length;
      const full = tries > 0 && (tries + 1) % PALETTE.length === 0;
      place = (Math.floor(place / PALETTE.length) + (full ? 1 : 0)) * PALETTE.length + hue;
      place %= size;
    }
    taken.add(place);
    places.set(key, place);
  }
  return keys.map((key) => {
    const place = places.get(key) ?? 0;
    const pair = PALETTE[place % PALETTE.length] ?? ['#1f6fd6', '#5aa2ff'];
    return {
      color: pair[isDark ? 1 : 0],
      dash: DASHES[Math.floor(place / PALETTE.length) % DASHES.length] ?? 'solid',
    };
  });
}

/** FNV-1a of 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  }
  return sum >>> 0;
}

/**
 * The labels that tell the series of a chart apart, as text.
 * @param known labels that the reader knows of all series: they are left out, if others are left
 */
export function distinguishingNames(
  labelSets: readonly LabelSet[],
  known: readonly string[] = [],
): readonly string[] {
  const all = [...new Set(labelSets.flatMap((labels) => Object.keys(labels)))];
  const unknown = all.filter((name) => name !== '__name__' && !known.includes(name));
  const names = unknown.length > 0 ? unknown : all;
  const telling = names.filter((name) => {
    const first = labelSets[0]?.[name];
    return labelSets.some((labels) => labels[name] !== first);
  });
  return labelSets.map((labels) => {
    const shown = telling.length === 0 ? names : telling;
    const pairs = shown.filter((name) => labels[name] !== undefined && name !== '__name__');
    if (pairs.length === 1) return labels[pairs[0] ?? ''] ?? '';
    const text = pairs.map((name) => `${name}="${labels[name] ?? ''}"`).join(', ');
    const metric = labels['__name__'] ?? '';
    return text === '' ? metric || '{}' : `${telling.includes('__name__') ? metric : ''}{${text}}`;
  });
}
