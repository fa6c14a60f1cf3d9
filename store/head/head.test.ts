import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import { TooManySamplesError } from '../../model/source.ts';
import { HEAD_SPAN_MS_MIN, type Head } from './head.ts';
import {
  ABSENT,
  bitsOf,
  column,
  makeSeries,
  newHead,
  numbers,
  read,
  STALE,
} from './head-fixture.ts';
import { registerHeadMetrics } from './head-metrics.ts';

const appendOne = (head: Head, ref: number, timestampMs: number, value: number) =>
  head.append({
    count: 1,
    refs: Uint32Array.of(ref),
    timestampsMs: Float64Array.of(timestampMs),
    values: Float64Array.of(value),
  });

describe('rows of scrapes', () => {
  test('come back series by series, over many blocks, both ends of the range included', () => {
    const { index, head } = newHead();
    const refs = makeSeries(index, 3);
    const writer = head.openScrapeWriter();
    writer.setLayout(refs);
    for (let row = 0; row < 100; row++) {
      const result = writer.appendRow(row * 15_000, Float64Array.of(row, row / 8, Math.sqrt(row)));
      expect(result).toEqual({ appended: 3, tooOld: 0, tooNew: 0, duplicates: 0 });
    }
    const [a, b, c] = numbers(head, refs, 15_000, 15_000 * 90);
    expect(a).toHaveLength(90);
    expect(a?.[0]).toEqual([15_000, 1]);
    expect(b?.at(-1)).toEqual([15_000 * 90, 90 / 8]);
    expect(c?.[70]).toEqual([71 * 15_000, Math.sqrt(71)]);
    expect(numbers(head, Uint32Array.of(3, 1), 0, 0)).toEqual([[[0, 0]], [[0, 0]]]);
    expect(head.count(refs, 0, 15_000)).toBe(6);
    expect(() => head.select(refs, 0, 1e9, 299)).toThrow(TooManySamplesError);
    expect(index.firstSeenMs[1]).toBe(0);
    expect(index.lastSeenMs[1]).toBe(99 * 15_000);
  });

  test('absent cells leave nothing, stale ones their bits', () => {
    const { index, head } = newHead();
    const refs = makeSeries(index, 2);
    const writer = head.openScrapeWriter();
    writer.setLayout(refs);
    expect(writer.appendRow(1, column([1, ABSENT])).appended).toBe(1);
    writer.appendRow(2, column([STALE, ABSENT]));
    writer.appendRow(3, column([ABSENT, ABSENT]));
    const expected = [
      [
        [1, 0x3ff0000000000000n],
        [2, 0x7ff0000000000002n],
      ],
      [],
    ];
    expect(read(head, refs)).toEqual(expected);
    writer.close();
    expect(read(head, refs)).toEqual(expected);
    const drained = head.drain();
    expect(drained.count).toBe(2);
    expect(bitsOf(drained.values)[1]).toBe(0x7ff0000000000002n);
  });

  test('a value twice at one time is taken once, another value is a duplicate', () => {
    const { index, head } = newHead();
    const [ref] = makeSeries(index, 1);
    const writer = head.openScrapeWriter();
    writer.setLayout(Uint32Array.of(ref!, ref!));
    expect(writer.appendRow(5, Float64Array.of(1, 1))).toMatchObject({
      appended: 2,
      duplicates: 0,
    });
    expect(writer.appendRow(6, Float64Array.of(1, 2))).toMatchObject({
      appended: 1,
      duplicates: 1,
    });
    expect(appendOne(head, ref!, 6, 1)).toMatchObject({ appended: 1, duplicates: 0 });
    expect(appendOne(head, ref!, 6, 3)).toMatchObject({ appended: 0, duplicates: 1 });
    expect(numbers(head, Uint32Array.of(ref!))).toEqual([
      [
        [5, 1],
        [6, 1],
      ],
    ]);
    expect(head.drain().count).toBe(2);
  });
});

describe('a very wide target', () => {
  test('its columns grow, change in the middle and shrink, and every sample stays', () => {
    const { index, head } = newHead();
    const refs = makeSeries(index, 40_000);
    const writer = head.openScrapeWriter();
    const scrape = (row: number, layout: Uint32Array): void => {
      writer.setLayout(layout);
      const values = Float64Array.from(layout, (ref) => ref * row);
      expect(writer.appendRow(row * 1000, values).appended).toBe(layout.length);
    };
    scrape(1, refs.subarray(0, 10));
    scrape(2, refs);
    const swapped = refs.slice();
    swapped[20_000] = refs[30_000]!;
    swapped[30_000] = refs[20_000]!;
    scrape(3, swapped);
    scrape(4, refs.subarray(0, 100));
    expect(() => writer.appendRow(5000, new Float64Array(99))).toThrow(RangeError);
    const picked = Uint32Array.of(refs[5]!, refs[50]!, refs[20_000]!, refs[39_999]!);
    expect(numbers(head, picked)).toEqual(
      [
        [1, 2, 3, 4],
        [2, 3, 4],
        [2, 3],
        [2, 3],
      ].map((rows, at) => rows.map((row) => [row * 1000, picked[at]! * row])),
    );
    writer.close();
    expect(numbers(head, picked).flat()).toHaveLength(11);
    expect(head.drain().count).toBe(10 + 80_000 + 100);
  });
});

describe('single samples', () => {
  test('late ones are taken within the window and sorted in, older and far ones are refused', () => {
    const { index, head } = newHead({ now: () => 1_000_000, futureMaxMs: 5000 });
    const [a, b] = makeSeries(index, 2) as unknown as [number, number];
    expect(appendOne(head, a, 1_000_000, 1).appended).toBe(1);
    expect(appendOne(head, a, 990_000, 2).appended).toBe(1);
    expect(appendOne(head, a, 939_999, 3).tooOld).toBe(1);
    expect(appendOne(head, a, 1_005_001, 4).tooNew).toBe(1);
    expect(appendOne(head, b, 5000, 5).appended).toBe(1);
    expect(appendOne(head, 99, 5000, 5)).toMatchObject({ appended: 0, tooOld: 0 });
    expect(numbers(head, Uint32Array.of(a, b))).toEqual([
      [
        [990_000, 2],
        [1_000_000, 1],
      ],
      [[5000, 5]],
    ]);
    expect(head.counts).toMatchObject({ appended: 3, outOfOrder: 1, tooOld: 1, unknown: 1 });
  });

  test('without a window every sample older than its series is refused', () => {
    const { index, head } = newHead({ outOfOrderWindowMs: 0 });
    const [a] = makeSeries(index, 1) as unknown as [number];
    appendOne(head, a, 10_000, 1);
    expect(appendOne(head, a, 9999, 1).tooOld).toBe(1);
    expect(appendOne(head, a, 10_000, 1)).toMatchObject({ appended: 1, tooOld: 0 });
    expect(head.drain().count).toBe(1);
  });

  test('what is drained has the layout of Native columns', () => {
    const { index, head } = newHead();
    const [a] = makeSeries(index, 1) as unknown as [number];
    appendOne(head, a, 1_700_000_000_123, 2.5);
    const drained = head.drain();
    expect(new BigUint64Array(drained.seriesIds.slice().buffer)[0]).toBe(index.seriesId(a));
    expect(new BigInt64Array(drained.timestamps.slice().buffer)[0]).toBe(1_700_000_000_123n);
    expect(drained).toMatchObject({
      count: 1,
      startMs: 1_700_000_000_123,
      endMs: 1_700_000_000_123,
    });
    expect(head.drain().count).toBe(0);
  });
});

describe('eviction', () => {
  test('drops whole blocks over budget that the store has, but keeps the newest minutes', () => {
    const { index, head } = newHead({ bytesMax: 1 });
    const refs = makeSeries(index, 2);
    const writer = head.openScrapeWriter();
    writer.setLayout(refs);
    const rows = 400;
    for (let row = 0; row < rows; row++) writer.appendRow(row * 15_000, Float64Array.of(row, 1));
    const newestMs = (rows - 1) * 15_000;
    expect(head.evict(newestMs)).toBeGreaterThan(5);
    expect(head.completeSinceMs).toBeGreaterThan(newestMs - HEAD_SPAN_MS_MIN - 33 * 15_000);
    expect(head.completeSinceMs).toBeLessThanOrEqual(newestMs - HEAD_SPAN_MS_MIN);
    expect(numbers(head, refs, head.completeSinceMs)[0]?.[0]).toEqual([
      head.completeSinceMs - 1 + 15_000,
      head.completeSinceMs / 15_000 - 1 / 15_000 + 1,
    ]);
    expect(head.isHeld(1)).toBe(true);
  });

  test('waits for the store unless twice the budget is used up', () => {
    const options = { bytesMax: 1 << 21 };
    const { index, head } = newHead(options);
    const refs = makeSeries(index, 1000);
    const writer = head.openScrapeWriter();
    writer.setLayout(refs);
    const fill = (from: number, to: number): void => {
      for (let row = from; row < to; row++) {
        writer.appendRow(
          row * 15_000,
          Float64Array.from(refs, () => Math.random()),
        );
      }
    };
    fill(0, 350);
    expect(head.bytes).toBeGreaterThan(options.bytesMax);
    expect(head.evict(0)).toBe(0);
    fill(350, 800);
    expect(head.bytes).toBeGreaterThan(2 * options.bytesMax);
    expect(head.evict(0)).toBeGreaterThan(0);
    expect(head.emergencyDropCount).toBeGreaterThan(0);
    expect(head.bytes).toBeLessThanOrEqual(2 * options.bytesMax);
    writer.close();
    expect(head.evict(Number.POSITIVE_INFINITY)).toBeGreaterThan(0);
    expect(head.evict(Number.POSITIVE_INFINITY)).toBe(0);
    expect(head.bytes).toBeLessThan(1.2 * options.bytesMax);
  });
});

describe('histograms and exemplars', () => {
  const histogram = (sum: number): FloatHistogram => ({
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 1,
    sum,
    positiveSpans: [{ offset: 0, length: 1 }],
    negativeSpans: [],
    positiveBuckets: [1],
    negativeBuckets: [],
    customValues: [],
    isStale: false,
  });

  test('histograms stand among the floats of their series, sorted', () => {
    const { index, head } = newHead();
    const refs = makeSeries(index, 2);
    appendOne(head, 1, 10, 1);
    const result = head.appendHistograms([
      { ref: 1, timestampMs: 20, histogram: histogram(1) },
      { ref: 1, timestampMs: 15, histogram: histogram(2) },
      { ref: 1, timestampMs: 15, histogram: histogram(2) },
      { ref: 1, timestampMs: 15, histogram: histogram(3) },
      { ref: 1, timestampMs: 10, histogram: histogram(3) },
    ]);
    expect(result).toMatchObject({ appended: 3, duplicates: 2 });
    appendOne(head, 2, 10, 7);
    expect(appendOne(head, 1, 20, 1).duplicates).toBe(1);
    const found = head.select(refs, 0, 100, 100);
    expect([...found.timestampsMs]).toEqual([10, 15, 20, 10]);
    expect(found.histograms?.map((one) => one?.sum)).toEqual([undefined, 2, 1, undefined]);
    expect(head.drainHistograms()).toHaveLength(2);
    expect(head.drainHistograms()).toHaveLength(0);
    expect(head.select(Uint32Array.of(2), 0, 100, 100).histograms).toBeUndefined();
  });

  test('exemplars: the newest of all, per series in order', () => {
    const { index, head } = newHead({ exemplarsMax: 3 });
    makeSeries(index, 2);
    const one = (ref: number, timestampMs: number, value: number) => ({
      ref,
      timestampMs,
      value,
      labels: Labels.fromRecord({ trace_id: 'x' }),
    });
    head.appendExemplars([one(1, 10, 1), one(1, 10, 1), one(1, 5, 1), one(2, 10, 2)]);
    expect(head.exemplars(1, 0, 100)).toHaveLength(1);
    head.appendExemplars([one(1, 20, 3), one(2, 30, 4)]);
    expect(head.exemplars(1, 0, 100).map(({ value }) => value)).toEqual([3]);
    expect(head.exemplars(2, 0, 100).map(({ value }) => value)).toEqual([2, 4]);
    expect(head.exemplars(2, 11, 100).map(({ value }) => value)).toEqual([4]);
    expect(head.drainExemplars()).toHaveLength(4);
    expect(head.exemplarCount).toBe(3);
  });
});

test('metrics tell what the head holds', async () => {
  const { index, head } = newHead();
  const registry = new Registry();
  registerHeadMetrics(registry, index, head);
  makeSeries(index, 2);
  appendOne(head, 1, 1000, 1);
  const text = await registry.metrics();
  expect(text).toContain('prometheus_tsdb_head_series 2');
  expect(text).toContain('prometheus_tsdb_head_samples_appended_total{type="float"} 1');
  expect(text).toContain('prometheus_tsdb_head_max_time_seconds 1');
});
