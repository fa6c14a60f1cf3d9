import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FloatHistogram } from '../../model/histogram.ts';
import type { TimeRangeMs } from '../../model/source.ts';
import { setStaleAt, wordsOf } from '../../model/value-bits.ts';
import { makeSeries } from '../head/head-fixture.ts';
import { SeriesIndex } from '../index/series-index.ts';
import { readNative } from '../native/read-native.ts';
import { bytesOf, writeNativeBlock } from '../native/write-native.ts';
import { mergeColumns } from './merge-columns.ts';
import { findRuns } from './stored-samples.ts';

const SERIES = 5;
/** Of the tests' histograms only the number counts. */
const histogram = (count: number) => ({ count }) as FloatHistogram;

/** A sample of the model: its value, or its histogram's number below zero. */
type Model = Map<number, number>;

const times = fc.uniqueArray(fc.nat(60), { maxLength: 40 });
const sample = fc.record({ series: fc.nat(SERIES - 1), timeMs: fc.nat(60) });
const scenario = fc.record({
  stored: fc.array(sample, { maxLength: 120 }),
  /** Where ClickHouse's answer is cut into blocks. */
  cuts: fc.array(fc.nat(150), { maxLength: 5 }),
  head: fc.array(times, { minLength: SERIES, maxLength: SERIES }),
  storedHistograms: fc.option(fc.array(sample, { maxLength: 20 }), { nil: undefined }),
  hasHeadHistograms: fc.boolean(),
  hidden: fc.array(fc.option(fc.record({ startMs: fc.nat(60), endMs: fc.nat(60) })), {
    minLength: SERIES,
    maxLength: SERIES,
  }),
});

describe('mergeColumns', () => {
  const index = new SeriesIndex({ seriesMax: 100 });
  const refs = makeSeries(index, SERIES);

  test('gives what a map by time gives, memory before ClickHouse, hidden ranges left out', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const model: Model[] = Array.from({ length: SERIES }, () => new Map());
        const storedHistograms =
          given.storedHistograms === undefined
            ? undefined
            : new Map<number, { timestampMs: number; histogram: FloatHistogram }[]>();
        for (const { series, timeMs } of given.storedHistograms ?? []) {
          model[series]!.set(timeMs, -1 - timeMs);
          const ref = refs[series]!;
          const list = storedHistograms!.get(ref) ?? [];
          list.push({ timestampMs: timeMs, histogram: histogram(-1 - timeMs) });
          storedHistograms!.set(
            ref,
            list.sort((a, b) => a.timestampMs - b.timestampMs),
          );
        }
        for (const { series, timeMs } of given.stored) model[series]!.set(timeMs, timeMs + 0.5);
        const head = headOf(given.head, given.hasHeadHistograms);
        given.head.forEach((own, series) => {
          for (const timeMs of own) {
            const isHistogram = given.hasHeadHistograms && timeMs % 3 === 0;
            model[series]!.set(timeMs, isHistogram ? -1000 - timeMs : timeMs + 1000);
          }
        });

        const columns = await mergeColumns({
          index,
          refs,
          head,
          stored: storedOf(given.stored, given.cuts),
          storedHistograms,
          hidden: {
            beforeMs: Number.NEGATIVE_INFINITY,
            isNothing: false,
            of: (ref) => rangeOf(given.hidden[refs.indexOf(ref)]),
          },
        });

        const expected = model.map((samples, series) => {
          const range = given.hidden[series];
          return [...samples]
            .filter(([t]) => !(range && t >= range.startMs && t <= range.endMs))
            .sort((a, b) => a[0] - b[0]);
        });
        const found = expected.map((): [number, number][] => []);
        columns.labels.forEach((labels, at) => {
          const series = Number(labels.get('n'));
          for (let i = columns.offsets[at]!; i < columns.offsets[at + 1]!; i++) {
            const count = columns.histograms?.[i]?.count;
            found[series]!.push([columns.timestampsMs[i]!, count ?? columns.values[i]!]);
          }
          expect(found[series]).not.toEqual([]);
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('stale markers pass from both sides with their bits', async () => {
    const values = new Float64Array(1);
    setStaleAt(wordsOf(values), 0);
    const head = {
      offsets: Uint32Array.of(0, 1, 1, 1, 1, 1),
      timestampsMs: Float64Array.of(9),
      values,
      histograms: undefined,
    };
    const stored = findRuns(readNative(encode([[0, 5]], () => values)));

    const columns = await mergeColumns({
      index,
      refs,
      head,
      stored,
      storedHistograms: undefined,
      hidden: { beforeMs: Number.NEGATIVE_INFINITY, isNothing: true, of: () => undefined },
    });

    expect([...columns.timestampsMs]).toEqual([5, 9]);
    expect([...wordsOf(columns.values)]).toEqual([2, 0x7ff00000, 2, 0x7ff00000]);
  });

  function storedOf(
    samples: readonly { series: number; timeMs: number }[],
    cuts: readonly number[],
  ) {
    const id = (series: number) => index.seriesId(refs[series]!);
    const rows = samples
      .map(({ series, timeMs }): [number, number] => [series, timeMs])
      .sort((a, b) => (id(a[0]) === id(b[0]) ? a[1] - b[1] : id(a[0]) < id(b[0]) ? -1 : 1));
    const ends = [...cuts.map((cut) => Math.min(cut, rows.length)), rows.length].sort(
      (a, b) => a - b,
    );
    let start = 0;
    const bytes = ends.flatMap((end) => {
      const part = rows.slice(start, end);
      start = end;
      return part.length === 0
        ? []
        : [encode(part, (own) => own.map(([, timeMs]) => timeMs + 0.5))];
    });
    return findRuns(readNative(Buffer.concat(bytes)));
  }

  function encode(
    rows: readonly [number, number][],
    values: (rows: readonly [number, number][]) => ArrayLike<number>,
  ): Uint8Array {
    const ids = BigUint64Array.from(rows, ([series]) => index.seriesId(refs[series]!));
    const column = values(rows);
    const own = column instanceof Float64Array ? column : Float64Array.from(column);
    return Buffer.concat(
      writeNativeBlock(rows.length, [
        { name: 'series_id', type: 'UInt64', data: [bytesOf(ids)] },
        { name: 'ms', type: 'Float64', data: [bytesOf(Float64Array.from(rows, ([, t]) => t))] },
        { name: 'value', type: 'Float64', data: [bytesOf(own)] },
      ]),
    );
  }
});

function headOf(series: readonly (readonly number[])[], hasHistograms: boolean) {
  const sorted = series.map((own) => own.toSorted((a, b) => a - b));
  let end = 0;
  const offsets = [0, ...sorted.map((own) => (end += own.length))];
  const all = sorted.flat();
  return {
    offsets: Uint32Array.from(offsets),
    timestampsMs: Float64Array.from(all),
    values: Float64Array.from(all, (timeMs) => timeMs + 1000),
    histograms: hasHistograms
      ? all.map((timeMs) => (timeMs % 3 === 0 ? histogram(-1000 - timeMs) : undefined))
      : undefined,
  };
}

function rangeOf(range: TimeRangeMs | null | undefined): readonly TimeRangeMs[] | undefined {
  return range === null || range === undefined ? undefined : [range];
}
