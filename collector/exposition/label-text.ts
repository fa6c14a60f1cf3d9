/** Label sets out of the bytes of a series. */
import { compareUtf8, Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import { BACKSLASH } from './byte-classes.ts';
import { FloatError, formatOpenMetricsFloat, parseFloatText } from './float-text.ts';
import { decodeUtf8 } from './go-quote.ts';

export const TYPE_LABEL = '__type__';
export const UNIT_LABEL = '__unit__';

/** Names and values that text formats may write in more than one way. */
export interface FamilyContext {
  readonly metricType: MetricType;
  readonly unit: string;
  /** Adds `__type__` and `__unit__` from the metadata, which then count over the exposed ones. */
  readonly typeAndUnitLabels: boolean;
  /** Leaves `le` and `quantile` as they are written. */
  readonly boundsAsWritten: boolean;
}

/** Why bytes are no label set. */
export class LabelTextError extends Error {
  override readonly name = 'LabelTextError';
}

/**
 * Reads label sets of series that follow one another in a body, which mostly share names and
 * values: a text equal to the one read last in the same place is that string again, which saves
 * making it and, as the labels are kept, its memory.
 */
export class LabelReader {
  /** Texts by their place in the offsets. */
  readonly #last: string[] = [];
  readonly #canonical = new Map<string, string>();

  /**
   * @param offsets start and end of the metric name, then of each label's name and value
   * @throws LabelTextError for text that is not UTF-8 and for a label given twice
   */
  read(bytes: Buffer, offsets: readonly number[], family: FamilyContext): Labels {
    const pairs: string[] = [];
    insertLabel(pairs, METRIC_NAME, this.#text(bytes, offsets, 0));
    const { metricType, unit, typeAndUnitLabels, boundsAsWritten } = family;
    const hasType = typeAndUnitLabels && metricType !== 'unknown';
    const hasUnit = typeAndUnitLabels && unit !== '';
    if (hasType) insertLabel(pairs, TYPE_LABEL, metricType);
    if (hasUnit) insertLabel(pairs, UNIT_LABEL, unit);
    for (let at = 2; at + 3 < offsets.length; at += 4) {
      const name = this.#text(bytes, offsets, at);
      if ((hasType && name === TYPE_LABEL) || (hasUnit && name === UNIT_LABEL)) continue;
      const value = this.#text(bytes, offsets, at + 2);
      const isBound =
        !boundsAsWritten &&
        ((metricType === 'histogram' && name === 'le') ||
          (metricType === 'summary' && name === 'quantile'));
      insertLabel(pairs, name, isBound ? this.#canonicalBound(value) : value);
    }
    return finished(pairs);
  }

  #text(bytes: Buffer, offsets: readonly number[], place: number): string {
    const start = offsets[place] as number;
    const end = offsets[place + 1] as number;
    const last = this.#last[place];
    if (last !== undefined && isAsciiText(last, bytes, start, end)) return last;
    const text = readText(bytes, start, end);
    this.#last[place] = text;
    return text;
  }

  /** `le` and `quantile` have one spelling per number, else `1` and `1.0` would be two series. */
  #canonicalBound(value: string): string {
    const known = this.#canonical.get(value);
    if (known !== undefined) return known;
    const text = canonicalBound(value);
    if (this.#canonical.size >= BOUNDS_KEPT_MAX) this.#canonical.clear();
    this.#canonical.set(value, text);
    return text;
  }
}

/** Different bounds of a body are few; one that has many more is read without their memory. */
const BOUNDS_KEPT_MAX = 512;

/** @throws LabelTextError when a name comes twice */
export function labelsOf(pairs: readonly string[]): Labels {
  const sorted: string[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    insertLabel(sorted, pairs[at] as string, pairs[at + 1] as string);
  }
  return finished(sorted);
}

/** More labels than anyone has are put in order all at once: inserting them takes n² steps. */
const INSERTED_LABELS_MAX = 64;

function finished(pairs: string[]): Labels {
  if (pairs.length <= 2 * INSERTED_LABELS_MAX) return Labels.fromSortedPairs(pairs);
  const byName = new Map<string, string>();
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] as string;
    if (byName.has(name)) throw notUnique(name);
    byName.set(name, pairs[at + 1] as string);
  }
  return Labels.fromEntries(byName);
}

function notUnique(name: string): LabelTextError {
  return new LabelTextError(`label name "${name}" is not unique`);
}

/** Keeps the names in order; a label without a value is none. */
function insertLabel(pairs: string[], name: string, value: string): void {
  if (value === '') return;
  let at = pairs.length;
  while (at > 0 && pairs.length < 2 * INSERTED_LABELS_MAX) {
    const order = compareUtf8(pairs[at - 2] as string, name);
    if (order < 0) break;
    if (order === 0) throw notUnique(name);
    at -= 2;
  }
  if (at === pairs.length) pairs.push(name, value);
  else pairs.splice(at, 0, name, value);
}

/** False also where the text would need a closer look. */
function isAsciiText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte !== text.charCodeAt(at - start) || byte >= 0x80 || byte === BACKSLASH) return false;
  }
  return true;
}

/** `\"`, `\\` and `\n` are escapes, any other backslash stands for itself. */
export function unescapeLabelValue(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** As in label values, but for quotes, which need no escape in a 0.0.4 help text. */
export function unescapeHelp(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function readText(bytes: Buffer, start: number, end: number): string {
  let isAscii = true;
  for (let at = start; at < end && isAscii; at++) isAscii = (bytes[at] as number) < 0x80;
  const text = isAscii
    ? bytes.toString('latin1', start, end)
    : decodeUtf8(bytes.subarray(start, end));
  if (text === undefined) throw new LabelTextError('invalid UTF-8 in a metric or label name');
  return unescapeLabelValue(text);
}

function canonicalBound(value: string): string {
  try {
    return formatOpenMetricsFloat(parseFloatText(value));
  } catch (error) {
    if (error instanceof FloatError) return value;
    throw error;
  }
}
