import { Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { AppendResult, SampleSink } from '../../model/sink.ts';
import type { SampleSource, SeriesColumns } from '../../model/source.ts';
import { isStaleAt, setStaleAt, wordsOf } from '../../model/value-bits.ts';

/** A sample as tests write and compare it. */
export type TestSample = readonly [timestampMs: number, value: number | 'stale'];

export function appendSamples(
  sink: SampleSink,
  labels: Readonly<Record<string, string>>,
  samples: readonly TestSample[],
): AppendResult {
  const ref = sink.resolve(Labels.fromRecord(labels));
  const values = new Float64Array(samples.length);
  samples.forEach(([, value], at) => {
    if (value === 'stale') setStaleAt(wordsOf(values), at);
    else values[at] = value;
  });
  return sink.append({
    count: samples.length,
    refs: new Uint32Array(samples.length).fill(ref),
    timestampsMs: Float64Array.from(samples, ([timestampMs]) => timestampMs),
    values,
  });
}

/** What a selector gives, by the text of the labels. */
export async function selectAll(
  source: SampleSource,
  matchers: readonly Matcher[],
  startMs: number,
  endMs: number,
): Promise<Record<string, TestSample[]>> {
  const columns = await source.select(
    { matchers, startMs, endMs, samplesMax: 50_000_000 },
    new AbortController().signal,
  );
  return toRecord(columns);
}

export function toRecord(columns: SeriesColumns): Record<string, TestSample[]> {
  const { labels, offsets, timestampsMs, values } = columns;
  const words = wordsOf(values);
  return Object.fromEntries(
    labels.map((set, series) => {
      const samples: TestSample[] = [];
      for (let at = offsets[series]!; at < offsets[series + 1]!; at++) {
        samples.push([timestampsMs[at]!, isStaleAt(words, at) ? 'stale' : values[at]!]);
      }
      return [set.toString(), samples];
    }),
  );
}

export function named(name: string): Matcher[] {
  return [new Matcher('=', '__name__', name)];
}
