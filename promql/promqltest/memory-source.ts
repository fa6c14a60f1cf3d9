/** Samples in memory: the storage of scripts and of rule unit tests. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import {
  type SampleSource,
  type Selection,
  type SelectionEstimate,
  type SeriesColumns,
  TooManySamplesError,
} from '../../model/source.ts';
import { floatColumn, setStaleAt } from '../../model/value-bits.ts';
import type { ScriptSample, ScriptSeries } from './script.ts';
import type { ScriptStorage } from './script-engine.ts';

interface StoredSeries {
  readonly labels: Labels;
  samples: ScriptSample[];
}

const STALE_HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: Number.NaN,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: [],
  negativeBuckets: [],
  customValues: [],
  isStale: true,
};

export class MemoryStorage implements ScriptStorage, SampleSource {
  readonly #byKey = new Map<string, StoredSeries>();

  get source(): SampleSource {
    return this;
  }

  async clear(): Promise<void> {
    this.#byKey.clear();
  }

  async append(series: readonly ScriptSeries[]): Promise<void> {
    for (const { labels, samples } of series) {
      const stored = this.#byKey.get(labels.key);
      if (stored === undefined) this.#byKey.set(labels.key, { labels, samples: [...samples] });
      else if (isAfter(samples, stored.samples)) stored.samples.push(...samples);
      else stored.samples = merge(stored.samples, samples);
    }
  }

  /** All series that have a sample, whenever. */
  get labels(): readonly Labels[] {
    return [...this.#byKey.values()].map(({ labels }) => labels);
  }

  async select(selection: Selection): Promise<SeriesColumns> {
    const selected = this.#select(selection);
    const sampleCount = countOf(selected);
    if (sampleCount > selection.samplesMax) {
      throw new TooManySamplesError(
        'query processing would load too many samples into memory in query execution',
      );
    }
    return toColumns(selected, sampleCount);
  }

  async estimate(selection: Selection): Promise<SelectionEstimate> {
    const selected = this.#select(selection);
    return { seriesCount: selected.length, sampleCount: countOf(selected) };
  }

  #select({ matchers, startMs, endMs }: Selection): readonly ScriptSeries[] {
    const selected: ScriptSeries[] = [];
    for (const { labels, samples } of this.#byKey.values()) {
      if (!matchesAll(matchers, labels)) continue;
      const inRange = samples.filter(
        ({ timestampMs }) => timestampMs >= startMs && timestampMs <= endMs,
      );
      if (inRange.length > 0) selected.push({ labels, samples: inRange });
    }
    return selected.sort((a, b) => a.labels.compare(b.labels));
  }
}

function countOf(series: readonly ScriptSeries[]): number {
  return series.reduce((sum, { samples }) => sum + samples.length, 0);
}

/** Rules append one sample after the other, which then costs no sorting. */
function isAfter(added: readonly ScriptSample[], before: readonly ScriptSample[]): boolean {
  const first = added[0]?.timestampMs ?? Number.POSITIVE_INFINITY;
  return first > (before.at(-1)?.timestampMs ?? Number.NEGATIVE_INFINITY);
}

/** Of two samples at one time the later loaded counts. */
function merge(before: readonly ScriptSample[], added: readonly ScriptSample[]): ScriptSample[] {
  const byTime = new Map<number, ScriptSample>();
  for (const sample of [...before, ...added]) byTime.set(sample.timestampMs, sample);
  return [...byTime.values()].sort((a, b) => a.timestampMs - b.timestampMs);
}

function toColumns(series: readonly ScriptSeries[], sampleCount: number): SeriesColumns {
  const offsets = new Uint32Array(series.length + 1);
  const timestampsMs = new Float64Array(sampleCount);
  const startTimestampsMs = new Float64Array(sampleCount);
  const column = floatColumn(sampleCount);
  const histograms: (FloatHistogram | undefined)[] = [];
  let at = 0;
  for (const [index, { samples }] of series.entries()) {
    // Among histograms a stale marker is a histogram.
    let isHistogram = samples.some(({ point }) => point.kind === 'histogram');
    const firstKind = samples.find(({ point }) => point.kind !== 'stale')?.point.kind;
    if (firstKind !== undefined) isHistogram = firstKind === 'histogram';
    for (const { timestampMs, startTimestampMs, point } of samples) {
      timestampsMs[at] = timestampMs;
      startTimestampsMs[at] = startTimestampMs;
      if (point.kind === 'float') {
        column.values[at] = point.value;
        isHistogram = false;
      } else if (point.kind === 'histogram') {
        histograms[at] = point.histogram;
        isHistogram = true;
      } else if (isHistogram) {
        histograms[at] = STALE_HISTOGRAM;
      } else {
        setStaleAt(column.words, at);
      }
      at++;
    }
    offsets[index + 1] = at;
  }
  return {
    labels: series.map(({ labels }) => labels),
    offsets,
    timestampsMs,
    values: column.values,
    histograms: histograms.length === 0 ? undefined : padded(histograms, sampleCount),
    startTimestampsMs: startTimestampsMs.some((time) => time !== 0) ? startTimestampsMs : undefined,
  };
}

function padded(
  histograms: readonly (FloatHistogram | undefined)[],
  length: number,
): readonly (FloatHistogram | undefined)[] {
  return Array.from({ length }, (_, index) => histograms[index]);
}
