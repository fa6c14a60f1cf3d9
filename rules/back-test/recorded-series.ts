/** What recording rules of a back-test give, before what the store has of the same names. */
import type { Labels } from '../../model/labels.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import type {
  SampleSource,
  Selection,
  SelectionEstimate,
  SeriesColumns,
} from '../../model/source.ts';
import { floatColumn, setStaleAt } from '../../model/value-bits.ts';
import type { RuleLabels } from '../file/rule-file.ts';
import type { SlotResults, SlotSeries, Slots } from './slot-results.ts';

/** Samples, stale markers among them, in order of time. */
interface RecordedSeries {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

export class RecordedSource implements SampleSource {
  readonly #base: SampleSource;
  readonly #names = new Set<string>();
  readonly #series: RecordedSeries[] = [];

  constructor(base: SampleSource) {
    this.#base = base;
  }

  /** Of one recording rule; histograms are not kept. */
  record(name: string, ruleLabels: RuleLabels, results: SlotResults, slots: Slots): void {
    this.#names.add(name);
    for (const one of results.series) {
      let labels = one.labels.with(METRIC_NAME, name);
      for (const [label, value] of ruleLabels) labels = labels.with(label, value);
      this.#series.push({ labels, ...columnsOf(one, results.failedSlots, slots) });
    }
    this.#series.sort((a, b) => a.labels.compare(b.labels));
  }

  async select(selection: Selection, signal: AbortSignal): Promise<SeriesColumns> {
    const stored = await this.#base.select(selection, signal);
    const own = this.#series.filter(({ labels }) => matchesAll(selection.matchers, labels));
    if (own.length === 0 && !stored.labels.some((one) => this.#isReplaced(one))) return stored;
    return merge(stored, own, selection, (labels) => this.#isReplaced(labels));
  }

  estimate(selection: Selection, signal: AbortSignal): Promise<SelectionEstimate> {
    return this.#base.estimate(selection, signal);
  }

  #isReplaced(labels: Labels): boolean {
    return this.#names.has(labels.get(METRIC_NAME));
  }
}

/** With a stale marker at the first evaluation that does not give the series any more. */
function columnsOf(
  { slots: places, values }: SlotSeries,
  failedSlots: readonly number[],
  { firstMs, stepMs, offsetMs, count }: Slots,
): Omit<RecordedSeries, 'labels'> {
  const failed = new Set(failedSlots);
  const times: number[] = [];
  const column = floatColumn(places.length * 2);
  const timeOf = (slot: number): number => firstMs - offsetMs + slot * stepMs;
  for (let at = 0; at < places.length; at++) {
    const slot = places[at] as number;
    column.values[times.length] = values[at] as number;
    times.push(timeOf(slot));
    let next = slot + 1;
    while (failed.has(next)) next++;
    if (next < count && next !== places[at + 1]) {
      setStaleAt(column.words, times.length);
      times.push(timeOf(next));
    }
  }
  return { timestampsMs: Float64Array.from(times), values: column.values.slice(0, times.length) };
}

interface Part {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly histograms: SeriesColumns['histograms'];
}

function merge(
  stored: SeriesColumns,
  own: readonly RecordedSeries[],
  { startMs, endMs }: Selection,
  isReplaced: (labels: Labels) => boolean,
): SeriesColumns {
  const kept = stored.labels.flatMap((labels, index): readonly Part[] => {
    if (isReplaced(labels)) return [];
    const from = stored.offsets[index] as number;
    const to = stored.offsets[index + 1] as number;
    return [
      {
        labels,
        timestampsMs: stored.timestampsMs.subarray(from, to),
        values: stored.values.subarray(from, to),
        histograms: stored.histograms?.slice(from, to),
      },
    ];
  });
  const cut = own.flatMap(({ labels, timestampsMs, values }): readonly Part[] => {
    const from = firstFrom(timestampsMs, startMs);
    const to = firstFrom(timestampsMs, endMs + 1);
    if (from === to) return [];
    return [
      {
        labels,
        timestampsMs: timestampsMs.subarray(from, to),
        values: values.subarray(from, to),
        histograms: undefined,
      },
    ];
  });
  return joined([...kept, ...cut].sort((a, b) => a.labels.compare(b.labels)));
}

function joined(parts: readonly Part[]): SeriesColumns {
  const offsets = new Uint32Array(parts.length + 1);
  let total = 0;
  for (const [index, { values }] of parts.entries()) {
    total += values.length;
    offsets[index + 1] = total;
  }
  const timestampsMs = new Float64Array(total);
  // Copied as bits: a stale marker is a NaN among others.
  const values = new Float64Array(total);
  const bits = new BigUint64Array(values.buffer);
  for (const [index, part] of parts.entries()) {
    const at = offsets[index] as number;
    timestampsMs.set(part.timestampsMs, at);
    const { buffer, byteOffset, length } = part.values;
    bits.set(new BigUint64Array(buffer as ArrayBuffer, byteOffset, length), at);
  }
  const hasHistograms = parts.some(({ histograms }) => histograms !== undefined);
  return {
    labels: parts.map(({ labels }) => labels),
    offsets,
    timestampsMs,
    values,
    histograms: hasHistograms
      ? parts.flatMap(
          ({ histograms, values: floats }) => histograms ?? Array(floats.length).fill(undefined),
        )
      : undefined,
    startTimestampsMs: undefined,
  };
}

function firstFrom(times: Float64Array, fromMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
