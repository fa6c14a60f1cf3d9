import { describe, expect, test } from 'vitest';
import { name, PROTOBUF, Rig, TEXT } from '../../test/ingest-rig.ts';
import { encodeFamilies, type HistogramInput } from '../../test/metric-family.ts';
import { INGEST_DEFAULTS } from './ingest-options.ts';

const NATIVE = { scrapeNativeHistograms: true };
const LIMITS = INGEST_DEFAULTS.limits;

function page(histogram: HistogramInput, timestampMs?: number): Uint8Array {
  const metric = timestampMs === undefined ? { histogram } : { histogram, timestampMs };
  return encodeFamilies({ name: 'h', type: 'histogram', metrics: [metric] });
}

function counted(count: number, schema = 0): HistogramInput {
  return { count, schema, positiveSpans: [[1, 1]], positiveDeltas: [count] };
}

/** `count` buckets in a row, one observation in each. */
function wide(count: number, schema: number): HistogramInput {
  const positiveDeltas = Array.from({ length: count }, (_, at) => (at === 0 ? 1 : 0));
  return { count, schema, positiveSpans: [[1, count]], positiveDeltas };
}

describe('native histograms of a target', () => {
  test('are appended, and end with one stale marker', () => {
    const rig = new Rig(NATIVE);
    const gauge = encodeFamilies({ name: 'g', type: 'gauge', metrics: [{ value: 1 }] });
    expect(rig.scrape(page(counted(3)), PROTOBUF)).toMatchObject({ scraped: 1, seriesAdded: 1 });
    rig.scrape(page(counted(4)), PROTOBUF);
    rig.scrape(gauge, PROTOBUF);
    rig.scrape(gauge, PROTOBUF);
    expect(rig.dump()).toEqual({
      [name('h')]: 'histogram(3)@1000 histogram(4)@2000 stale@3000',
      [name('g')]: '1@3000 1@4000',
    });
  });

  test('a failed scrape ends them', () => {
    const rig = new Rig(NATIVE);
    rig.scrape(page(counted(3)), PROTOBUF);
    rig.fail();
    rig.fail();
    rig.scrape(page(counted(3)), PROTOBUF);
    expect(rig.dump()[name('h')]).toBe('histogram(3)@1000 stale@2000 histogram(3)@4000');
  });

  test('a series that becomes a histogram does not end', () => {
    const rig = new Rig(NATIVE);
    rig.scrape('h 1\n', TEXT);
    rig.scrape(page(counted(2)), PROTOBUF);
    rig.scrape('h 3\n', TEXT);
    expect(rig.dump()[name('h')]).toBe('1@1000 histogram(2)@2000 3@3000');
  });

  test('with an own timestamp they count as they are', () => {
    const rig = new Rig(NATIVE);
    rig.scrape(page(counted(2), 500), PROTOBUF);
    rig.scrape(encodeFamilies(), PROTOBUF);
    expect(rig.dump()[name('h')]).toBe('histogram(2)@500');
  });

  test('are classic series when they are not wanted', () => {
    const rig = new Rig();
    rig.scrape(page({ ...counted(3), buckets: [[1, 2]] }), PROTOBUF);
    expect(Object.keys(rig.dump())).toEqual([
      name('h_count'),
      name('h_sum'),
      '{__name__="h_bucket", le="1.0"}',
      '{__name__="h_bucket", le="+Inf"}',
    ]);
  });

  test('too many buckets become coarser ones', () => {
    const rig = new Rig({ ...NATIVE, limits: { ...LIMITS, bucketLimit: 5 } });
    rig.scrape(page(wide(16, 3)), PROTOBUF);
    const [sample] = rig.sink.of(name('h'));
    expect(sample?.value).toMatchObject({ schema: 1, positiveBuckets: [4, 4, 4, 4] });
  });

  test('a histogram that does not fit even at the coarsest refuses the page', () => {
    const rig = new Rig({ ...NATIVE, limits: { ...LIMITS, bucketLimit: 1 } });
    expect(rig.scrape(page(wide(100, -4)), PROTOBUF).error?.kind).toBe('bucket_limit');
    expect(rig.dump()).toEqual({});
  });

  test('the smallest bucket factor gives the finest schema', () => {
    const rig = new Rig({ ...NATIVE, limits: { ...LIMITS, minBucketFactor: 1.9 } });
    rig.scrape(page(wide(4, 2)), PROTOBUF);
    const [sample] = rig.sink.of(name('h'));
    expect(sample?.value).toMatchObject({ schema: 0, positiveBuckets: [4] });
  });

  test('text histograms are put together when asked for', () => {
    const rig = new Rig({ convertClassicHistogramsToNhcb: true });
    const body =
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 3\nh_count 3\nh_sum 2\n';
    rig.scrape(body, TEXT);
    rig.scrape(body, TEXT);
    rig.scrape('a 1\n', TEXT);
    expect(rig.dump()).toEqual({
      [name('h')]: 'histogram(3)@1000 histogram(3)@2000 stale@3000',
      [name('a')]: '1@3000',
    });
  });
});

describe('series of the protobuf format', () => {
  test('go on from page to page, and of a broken page nothing is kept', () => {
    const rig = new Rig();
    const of = (...values: number[]) =>
      encodeFamilies({
        name: 'c',
        type: 'counter',
        metrics: values.map((value, at) => ({ labels: { at: String(at) }, value })),
      });
    rig.scrape(of(1, 2), PROTOBUF);
    const broken = of(5, 6, 7).slice(0, -3);
    expect(rig.scrape(broken, PROTOBUF).error?.kind).toBe('parse');
    rig.scrape(of(3, 4, 5), PROTOBUF);
    rig.scrape(of(3), PROTOBUF);
    expect(rig.dump()).toEqual({
      '{__name__="c", at="0"}': '1@1000 stale@2000 3@3000 3@4000',
      '{__name__="c", at="1"}': '2@1000 stale@2000 4@3000 stale@4000',
      '{__name__="c", at="2"}': '5@3000 stale@4000',
    });
  });
});
