import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { Matcher, type MatchType, matchesAll } from '../../model/matcher.ts';
import { SeriesLimitError } from '../../model/sink.ts';
import { REF_QUARANTINE_MS } from './free-refs.ts';
import { SeriesIndex } from './series-index.ts';

const up = (labels: Record<string, string>): Labels =>
  Labels.fromRecord({ __name__: 'up', ...labels });
const newIndex = (seriesMax = 1_000_000): SeriesIndex => new SeriesIndex({ seriesMax });

describe('series index', () => {
  test('a label set has one number, and the number gives the label set back', () => {
    const index = newIndex();
    const ref = index.resolve(up({ job: 'a', instance: 'x' }));
    expect(ref).toBe(1);
    expect(index.resolve(up({ instance: 'x', job: 'a' }))).toBe(ref);
    expect(index.resolve(up({ job: 'b' }))).toBe(2);
    expect(index.labels(ref).toRecord()).toEqual({ __name__: 'up', instance: 'x', job: 'a' });
    expect(index.find(up({ job: 'b' }))).toBe(2);
    expect(index.find(up({ job: 'c' }))).toBe(0);
    expect(index.takeUnsaved()).toEqual([1, 2]);
    expect(index.takeUnsaved()).toEqual([]);
  });

  test('the id depends on the labels only, and ids of one metric share their high bits', () => {
    const one = newIndex();
    const two = newIndex();
    two.resolve(up({ job: 'first' }));
    const a = one.resolve(up({ job: 'a' }));
    const b = one.resolve(up({ job: 'b' }));
    expect(two.seriesId(two.resolve(up({ job: 'a' })))).toBe(one.seriesId(a));
    expect(one.seriesId(a)).not.toBe(one.seriesId(b));
    expect(one.seriesId(a) >> 44n).toBe(one.seriesId(b) >> 44n);
    // On disk: this value may never change.
    expect(one.seriesId(a).toString(16)).toBe('ba32df54636b0e95');
    expect(one.findId(one.idHigh[b] as number, one.idLow[b] as number)).toBe(b);
  });

  test('at the limit known series go on, new ones are refused naming the label at fault', () => {
    const index = newIndex(4);
    for (let pod = 0; pod < 4; pod++) index.resolve(up({ job: 'a', pod: `p${pod}` }));
    expect(index.resolve(up({ job: 'a', pod: 'p1' }))).toBe(2);
    expect(() => index.resolve(up({ job: 'a', pod: 'new' }))).toThrow(SeriesLimitError);
    expect(() => index.resolve(up({ job: 'a', pod: 'new' }))).toThrow(/"pod" has 4 values/);
    expect(index.labelValues('pod')).toEqual(['p0', 'p1', 'p2', 'p3']);
  });

  test('removed series leave no labels behind, and their numbers rest for a day', () => {
    const index = newIndex();
    const old = index.resolve(up({ pod: 'old' }));
    const held = index.resolve(up({ pod: 'held' }));
    const young = index.resolve(up({ pod: 'young' }));
    index.takeUnsaved();
    index.lastSeenMs[old] = 100;
    index.lastSeenMs[held] = 100;
    index.lastSeenMs[young] = 2000;
    const sorted = [new Matcher('=', '__name__', 'up')];
    expect([...index.selectSorted(sorted)]).toEqual([held, old, young]);
    expect(index.removeIdle(1000, 5000, 10, (ref) => ref === held)).toEqual([old]);
    expect([...index.selectSorted(sorted)]).toEqual([held, young]);
    expect(index.labelValues('pod')).toEqual(['held', 'young']);
    expect(index.find(up({ pod: 'old' }))).toBe(0);
    expect(index.resolve(up({ pod: 'other' }))).toBe(4);
    index.removeIdle(1000, 5000 + REF_QUARANTINE_MS, 0, () => false);
    expect(index.resolve(up({ pod: 'again' }))).toBe(old);
    expect(index.labels(old).get('pod')).toBe('again');
    expect([...index.select(sorted)]).toEqual([1, 2, 3, 4]);
  });

  test('label names and values, of all series or of some', () => {
    const index = newIndex();
    const a = index.resolve(up({ job: 'b', zone: 'z' }));
    index.resolve(up({ job: 'a', pod: 'p' }));
    expect(index.labelNames()).toEqual(['__name__', 'job', 'pod', 'zone']);
    expect(index.labelNames(Uint32Array.of(a))).toEqual(['__name__', 'job', 'zone']);
    expect(index.labelValues('job')).toEqual(['a', 'b']);
    expect(index.labelValues('job', Uint32Array.of(a))).toEqual(['b']);
    expect(index.labelValues('none')).toEqual([]);
  });

  test('cardinality counts as Prometheus does', () => {
    const index = newIndex();
    for (const pod of ['a', 'bb', 'ccc']) index.resolve(up({ pod, job: 'j' }));
    index.resolve(Labels.fromRecord({ __name__: 'other', job: 'j' }));
    const cardinality = index.cardinality(2);
    expect(cardinality.seriesCount).toBe(4);
    expect(cardinality.labelPairCount).toBe(6);
    expect(cardinality.seriesCountByMetricName).toEqual([
      { name: 'up', value: 3 },
      { name: 'other', value: 1 },
    ]);
    expect(cardinality.labelValueCountByLabelName[0]).toEqual({ name: 'pod', value: 3 });
    expect(cardinality.memoryInBytesByLabelName).toEqual([
      { name: '__name__', value: 11 },
      { name: 'pod', value: 6 },
    ]);
    expect(cardinality.seriesCountByLabelValuePair[0]).toEqual({ name: 'job=j', value: 4 });
  });

  test('persisted series come back with the ids they had, and times', () => {
    const index = newIndex();
    index.resolve(up({ job: 'known' }));
    index.load(
      persisted([
        { id: 0x1234_5678_9abc_def0n, labels: up({ job: 'é', pod: 'x' }), firstMs: 5, lastMs: 9 },
        { id: 7n, labels: up({ job: 'known' }), firstMs: 1, lastMs: 2 },
      ]),
    );
    const ref = index.resolve(up({ job: 'é', pod: 'x' }));
    expect(index.seriesId(ref)).toBe(0x1234_5678_9abc_def0n);
    expect(index.seriesCount).toBe(2);
    expect([...index.seenBetween(Uint32Array.of(1, ref), 3, 20)]).toEqual([ref]);
    expect(index.labels(ref).get('job')).toBe('é');
    expect(index.takeUnsaved()).toEqual([1]);
  });

  test('many persisted series: every label set and id is as it was', () => {
    const rows = Array.from({ length: 60_000 }, (_, n) => ({
      id: (BigInt(n) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn,
      labels: up({ pod: `pod-${n}`, ä: 'x'.repeat(n % 9), zone: `zone-${n % 7}-ü` }),
      firstMs: n,
      lastMs: n + 1,
    }));
    const index = newIndex();
    index.load(persisted(rows.slice(0, 1000)));
    index.load(persisted(rows));
    expect(index.seriesCount).toBe(rows.length);
    for (const { id, labels } of rows) {
      const ref = index.findId(Number(id >> 32n), Number(id & 0xffff_ffffn));
      expect(index.labels(ref).pairs).toEqual(labels.pairs);
      expect(index.find(labels)).toBe(ref);
    }
    expect(index.select([new Matcher('=', 'zone', 'zone-3-ü')])).toHaveLength(8571);
  });

  test('an id that is taken is made anew with salt', () => {
    const wanted = newIndex();
    const labels = up({ job: 'a' });
    const id = wanted.seriesId(wanted.resolve(labels));
    const index = newIndex();
    index.load(persisted([{ id, labels: up({ job: 'squatter' }), firstMs: 0, lastMs: 0 }]));
    const ref = index.resolve(labels);
    expect(ref).toBe(2);
    expect(index.seriesId(ref)).not.toBe(id);
    expect(index.seriesId(ref) >> 44n).toBe(id >> 44n);
  });
});

interface Row {
  readonly id: bigint;
  readonly labels: Labels;
  readonly firstMs: number;
  readonly lastMs: number;
}

function persisted(rows: readonly Row[]): Parameters<SeriesIndex['load']>[0] {
  const column = (texts: string[]) => {
    const parts = texts.map((text) => Buffer.from(text));
    let at = 0;
    return {
      bytes: Buffer.concat(parts),
      bounds: Uint32Array.from(parts.flatMap((part) => [at, (at += part.length)])),
    };
  };
  const pairs = rows.flatMap(({ labels }) => [...labels.entries()]);
  let labelCount = 0;
  return {
    count: rows.length,
    idWords: new Uint32Array(BigUint64Array.from(rows.map(({ id }) => id)).buffer),
    labelEnds: Uint32Array.from(rows.map(({ labels }) => (labelCount += labels.size))),
    names: column(pairs.map(([name]) => name)),
    values: column(pairs.map(([, value]) => value)),
    firstSeenMs: Float64Array.from(rows.map(({ firstMs }) => firstMs)),
    lastSeenMs: Float64Array.from(rows.map(({ lastMs }) => lastMs)),
  };
}

describe('matchers select what they match', () => {
  const value = fc.constantFrom('', 'a', 'b', 'ab', 'abc', 'x1', 'x2', 'é');
  const labelsOf = fc
    .record({ __name__: fc.constantFrom('m', 'n'), p: value, q: value, r: value })
    .map((record) => Labels.fromRecord(record));
  const matcher = fc
    .tuple(
      fc.constantFrom<MatchType>('=', '!=', '=~', '!~'),
      fc.constantFrom('__name__', 'p', 'q', 'absent'),
      fc.constantFrom('', 'a', 'm', 'a|b', 'a|', '.*', '.+', 'x.*', '(a|b).*', '[^x]*', 'x[12]'),
    )
    .map(([type, name, pattern]) => new Matcher(type, name, pattern));

  test('the same series as testing every label set, in any state of the index', () => {
    fc.assert(
      fc.property(
        fc.array(labelsOf, { maxLength: 60 }),
        fc.array(labelsOf, { maxLength: 20 }),
        fc.array(fc.array(matcher, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.func(fc.boolean()),
        (first, second, selections, isRemoved) => {
          const index = newIndex();
          const live = new Map<number, Labels>();
          const check = (): void => {
            for (const matchers of selections) {
              const wanted = [...live].filter(([, labels]) => matchesAll(matchers, labels));
              wanted.sort((a, b) => a[0] - b[0]);
              expect([...index.select(matchers)]).toEqual(wanted.map(([ref]) => ref));
              wanted.sort((a, b) => a[1].compare(b[1]));
              expect([...index.selectSorted(matchers)]).toEqual(wanted.map(([ref]) => ref));
            }
          };
          for (const labels of first) live.set(index.resolve(labels), labels);
          check();
          index.takeUnsaved();
          for (const ref of index.removeIdle(0, 0, 1000, (held) => !isRemoved(held)))
            live.delete(ref);
          check();
          index.removeIdle(0, REF_QUARANTINE_MS, 0, () => true);
          for (const labels of second) live.set(index.resolve(labels), labels);
          check();
        },
      ),
      { numRuns: 200 },
    );
  });

  test('many series: lists beyond a page, bitmaps, patterns tested once per value', () => {
    const index = newIndex();
    for (let pod = 0; pod < 70_000; pod++) {
      index.resolve(up({ pod: `pod-${pod}`, parity: pod % 2 === 0 ? 'even' : 'odd' }));
    }
    const count = (...matchers: Matcher[]): number => index.select(matchers).length;
    const name = new Matcher('=', '__name__', 'up');
    expect(count(name)).toBe(70_000);
    expect(count(name, new Matcher('!=', 'parity', 'odd'))).toBe(35_000);
    expect(count(name, new Matcher('=~', 'pod', '.*-6.+3'))).toBe(10 + 100 + 1000);
    expect(count(new Matcher('=~', 'pod', 'pod-[0-9]'), new Matcher('=', 'parity', 'odd'))).toBe(5);
    index.resolve(up({ pod: 'pod-x', parity: 'odd' }));
    expect(count(new Matcher('=~', 'pod', 'pod-[0-9x]'))).toBe(11);
    expect(count(new Matcher('=', 'pod', 'pod-7'), name)).toBe(1);
    expect(count(new Matcher('!~', 'pod', '.+'))).toBe(0);
  });
});
