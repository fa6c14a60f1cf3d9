/** What the tests of the head share. */
import { Labels } from '../../model/labels.ts';
import { setAbsentAt, setStaleAt, wordsOf } from '../../model/value-bits.ts';
import { SeriesIndex } from '../index/series-index.ts';
import { Head, type HeadOptions } from './head.ts';

export const ABSENT = 'absent';
export const STALE = 'stale';
export type Cell = number | typeof ABSENT | typeof STALE;

export function newHead(options: Partial<HeadOptions> = {}): { index: SeriesIndex; head: Head } {
  const index = new SeriesIndex({ seriesMax: 1_000_000 });
  const head = new Head(index, {
    bytesMax: 1 << 30,
    exemplarsMax: 10,
    outOfOrderWindowMs: 60_000,
    futureMaxMs: Number.POSITIVE_INFINITY,
    ...options,
  });
  return { index, head };
}

export function makeSeries(index: SeriesIndex, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, n) =>
    index.resolve(Labels.fromRecord({ __name__: 'm', n: String(n) })),
  );
}

export function column(cells: readonly Cell[]): Float64Array {
  const values = new Float64Array(cells.length);
  const words = wordsOf(values);
  cells.forEach((cell, at) => {
    if (cell === ABSENT) setAbsentAt(words, at);
    else if (cell === STALE) setStaleAt(words, at);
    else values[at] = cell;
  });
  return values;
}

export function bitsOf(values: Float64Array): bigint[] {
  return [...new BigUint64Array(values.slice().buffer)];
}

/** What is selected, series by series, values as bits. */
export function read(
  head: Head,
  refs: Uint32Array,
  startMs = -1e15,
  endMs = 1e15,
): [number, bigint][][] {
  const found = head.select(refs, startMs, endMs, 1e9);
  const bits = bitsOf(found.values);
  return [...refs].map((_, series) => {
    const samples: [number, bigint][] = [];
    for (
      let at = found.offsets[series] as number;
      at < (found.offsets[series + 1] as number);
      at++
    ) {
      samples.push([found.timestampsMs[at] as number, bits[at] as bigint]);
    }
    return samples;
  });
}

export function numbers(
  head: Head,
  refs: Uint32Array,
  startMs?: number,
  endMs?: number,
): number[][][] {
  return read(head, refs, startMs, endMs).map((samples) =>
    samples.map(([timeMs, bits]) => [
      timeMs,
      new Float64Array(BigUint64Array.of(bits).buffer)[0] as number,
    ]),
  );
}
