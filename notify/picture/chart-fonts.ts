/** Typefaces of pictures: Inter for Latin, Greek and Cyrillic, Noto Sans SC for Chinese. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const INTER = '@fontsource-variable/inter';
const NOTO = '@fontsource-variable/noto-sans-sc';
const FAMILY = 'Watchkeeper Chart';
const FALLBACK = 'Watchkeeper Chart CJK';

export type RegisterFont = (path: string, family: string) => unknown;

interface Subset {
  readonly path: string;
  readonly family: string;
  /** Pairs of first and last code point. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** CSS's list of families. */
export const CHART_FAMILIES = `"${FAMILY}", "${FALLBACK}", sans-serif`;

/**
 * The typefaces come in subsets; only those that a text needs are read: Chinese alone has a hundred.
 */
export class ChartFonts {
  readonly #register: RegisterFont;
  readonly #subsets: readonly Subset[];
  readonly #registered = new Set<Subset>();
  readonly #known = new Set<number>();

  constructor(register: RegisterFont) {
    this.#register = register;
    this.#subsets = [...subsetsOf(INTER, FAMILY), ...subsetsOf(NOTO, FALLBACK)];
  }

  /** Whatever the text needs is there when it returns. */
  need(text: string): void {
    for (const letter of text) {
      const point = letter.codePointAt(0) ?? 0;
      if (this.#known.has(point)) continue;
      this.#known.add(point);
      const subset = this.#subsets.find(({ ranges }) =>
        ranges.some(([first, last]) => point >= first && point <= last),
      );
      if (subset === undefined || this.#registered.has(subset)) continue;
      this.#registered.add(subset);
      this.#register(subset.path, subset.family);
    }
  }
}

/** In the order of the typeface's own list: the most usual letters last. */
function subsetsOf(name: string, family: string): readonly Subset[] {
  const require = createRequire(import.meta.url);
  const base = name.slice(name.indexOf('/') + 1);
  const files = dirname(require.resolve(`${name}/files/${base}-latin-wght-normal.woff2`));
  const list = JSON.parse(readFileSync(join(files, '..', 'unicode.json'), 'utf8')) as Readonly<
    Record<string, string>
  >;
  return Object.entries(list).map(([key, ranges]) => ({
    path: join(files, `${base}-${key.replace(/[[\]]/g, '')}-wght-normal.woff2`),
    family,
    ranges: ranges.split(',').map(readRange),
  }));
}

/** `U+1f1e9-1f1f5` */
function readRange(text: string): readonly [number, number] {
  const [first = '', last = first] = text.trim().slice(2).split('-');
  return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
}
