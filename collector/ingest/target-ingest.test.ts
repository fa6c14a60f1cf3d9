import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SeriesLimitError } from '../../model/sink.ts';
import { name, OPENMETRICS, Rig, TEXT, UP } from '../../test/ingest-rig.ts';
import { INGEST_DEFAULTS } from './ingest-options.ts';
import { type ReportSample, TargetIngest } from './target-ingest.ts';

describe('a target that is scraped again and again', () => {
  test('values are appended under the same series, all in one row per scrape', () => {
    const rig = new Rig();
    expect(rig.scrape('a 1\nb{x="y"} 2\n')).toMatchObject({ scraped: 2, kept: 2, seriesAdded: 2 });
    expect(rig.scrape('a 3\nb{x="y"} 4.5\n')).toMatchObject({ scraped: 2, seriesAdded: 0 });
    expect(rig.dump()).toEqual({
      [name('a')]: '1@1000 3@2000',
      '{__name__="b", x="y"}': '2@1000 4.5@2000',
    });
    expect(rig.sink).toMatchObject({ rows: 2, batches: 0, layouts: 1 });
    expect(rig.sink.of(UP.toString())).toEqual([
      { timestampMs: 1000, value: 1 },
      { timestampMs: 2000, value: 1 },
    ]);
  });

  test('a series that is no longer exposed gets one stale marker, and may come back', () => {
    const rig = new Rig();
    for (const body of ['a 1\nb 2\n', 'a 1\n', 'a 1\n', 'b 7\na 1\n']) rig.scrape(body);
    expect(rig.dump()).toEqual({
      [name('a')]: '1@1000 1@2000 1@3000 1@4000',
      [name('b')]: '2@1000 stale@2000 7@4000',
    });
  });

  test('lines may be reordered, inserted and removed', () => {
    const rig = new Rig();
    rig.scrape('a 1\nb 2\nc 3\nd 4\n');
    rig.scrape('d 14\na 11\nnew 15\nc 13\nb 12\n');
    rig.scrape('a 21\nc 23\n');
    expect(rig.dump()).toEqual({
      [name('a')]: '1@1000 11@2000 21@3000',
      [name('b')]: '2@1000 12@2000 stale@3000',
      [name('c')]: '3@1000 13@2000 23@3000',
      [name('d')]: '4@1000 14@2000 stale@3000',
      [name('new')]: '15@2000 stale@3000',
    });
  });

  test('a failed scrape ends every series once, and the next good one goes on', () => {
    const rig = new Rig();
    rig.scrape('a 1\n');
    rig.fail();
    rig.fail();
    rig.scrape('a 1\n');
    expect(rig.dump()).toEqual({ [name('a')]: '1@1000 stale@2000 1@4000' });
    expect(rig.sink.of(UP.toString()).map((sample) => sample.value)).toEqual([1, 0, 0, 1]);
  });

  test('of a page with an error nothing is kept, whatever came before the error', () => {
    const rig = new Rig();
    rig.scrape('a 1\nb 2\n');
    const stats = rig.scrape('a 5\nc 6\n!\n');
    expect(stats.error?.message).toContain('line 3: expected a valid start token');
    rig.scrape('a 7\nb 8\nc 9\n');
    expect(rig.dump()).toEqual({
      [name('a')]: '1@1000 stale@2000 7@3000',
      [name('b')]: '2@1000 stale@2000 8@3000',
      [name('c')]: '9@3000',
    });
  });

  test('the end of the target ends its series and those about the scrape', () => {
    const rig = new Rig();
    rig.scrape('a 1\n');
    rig.target.end(2000);
    expect(rig.sink.dump()).toEqual({
      [name('a')]: '1@1000 stale@2000',
      [UP.toString()]: '1@1000 stale@2000',
    });
    expect(rig.sink.openWriters).toBe(0);
  });

  test('when more than a quarter of the columns is dead, the layout is made anew', () => {
    const rig = new Rig();
    const page = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `m{i="${from + at}"} ${from + at}\n`).join('');
    rig.scrape(page(0, 200));
    rig.scrape(page(100, 200));
    rig.scrape(page(90, 200));
    rig.scrape(page(90, 200));
    expect(rig.sink.of('{__name__="m", i="150"}').map((sample) => sample.value)).toEqual([
      150, 150, 150, 150,
    ]);
    expect(rig.sink.of('{__name__="m", i="95"}').map((sample) => sample.value)).toEqual([
      95,
      'stale',
      95,
      95,
    ]);
    expect(rig.sink.of('{__name__="m", i="5"}').map((sample) => sample.value)).toEqual([
      5,
      'stale',
    ]);
    expect(rig.sink.layouts).toBe(2);
  });

  test('unchanged runs of lines are taken at once and mean the same', () => {
    const rig = new Rig();
    const page = (change: number) =>
      Array.from({ length: 500 }, (_, at) => `m{i="${at}"} ${at === change ? -1 : at}\n`).join('');
    for (const change of [-1, 250, -1, 499, 0]) {
      expect(rig.scrape(page(change))).toMatchObject({ scraped: 500, kept: 500 });
    }
    const values = (at: number) =>
      rig.sink.of(`{__name__="m", i="${at}"}`).map((sample) => sample.value);
    expect(values(1)).toEqual([1, 1, 1, 1, 1]);
    expect(values(250)).toEqual([250, -1, 250, 250, 250]);
    expect(values(499)).toEqual([499, 499, 499, -1, 499]);
    expect(values(0)).toEqual([0, 0, 0, 0, -1]);
  });

  test('a page without a last line feed is whole, and its last line is not taken for a longer one', () => {
    const rig = new Rig();
    rig.scrape('a 1\nb 1');
    rig.scrape('a 1\nb 12');
    rig.scrape('a 1\nb 1');
    rig.scrape('a 1\nb 1\nc 2');
    expect(rig.dump()[name('b')]).toBe('1@1000 12@2000 1@3000 1@4000');
  });

  test('another format is read anew', () => {
    const rig = new Rig();
    rig.scrape('a 1 5000\n');
    rig.scrape('a 1 5\n# EOF\n', OPENMETRICS);
    expect(rig.dump()[name('a')]).toBe('1@5000 1@5000');
  });
});

describe('a page that is read in slices', () => {
  const page = (add: number) =>
    Buffer.from(Array.from({ length: 20_000 }, (_, at) => `m{i="${at}"} ${at + add}\n`).join(''));

  test('lets others have their turn and comes to the same', async () => {
    const rig = new Rig();
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    const stats = await rig.target.ingestInSlices(page(0), TEXT, 1000);
    clearInterval(count);
    rig.target.report(1000, []);
    expect(stats).toMatchObject({ error: undefined, scraped: 20_000, seriesAdded: 20_000 });
    expect(turns).toBeGreaterThan(2);
    expect(rig.sink.of('{__name__="m", i="19999"}')).toEqual([
      { timestampMs: 1000, value: 19_999 },
    ]);
  });

  test('is abandoned for what is called in between, as if it had never been', async () => {
    const rig = new Rig();
    rig.scrape(Buffer.concat([page(0), Buffer.from('before 1\n')]));
    const changed = Buffer.concat([page(5), Buffer.from('never 1\n'.repeat(2))]);
    const sliced = rig.target.ingestInSlices(Buffer.from(changed), TEXT, 2000);
    rig.timeMs = 2000;
    rig.scrape(page(7));
    expect((await sliced).error?.kind).toBe('abandoned');
    expect(rig.sink.of('{__name__="m", i="0"}')).toEqual([
      { timestampMs: 1000, value: 0 },
      { timestampMs: 3000, value: 7 },
    ]);
    expect(rig.sink.of(name('before')).at(-1)).toEqual({ timestampMs: 3000, value: 'stale' });
    expect(() => rig.sink.of(name('never'))).toThrow();
  });

  test('is abandoned when the target ends', async () => {
    const rig = new Rig();
    rig.scrape('m{i="1"} 5\n');
    const sliced = rig.target.ingestInSlices(page(0), TEXT, 2000);
    rig.target.end(3000);
    expect((await sliced).error?.kind).toBe('abandoned');
    expect(rig.dump()).toEqual({ '{__name__="m", i="1"}': '5@1000 stale@3000' });
  });

  test('is refused whole when its end is wrong', async () => {
    const rig = new Rig();
    const broken = Buffer.concat([page(0), Buffer.from('!\n')]);
    const { error } = await rig.target.ingestInSlices(broken, TEXT, 1000);
    expect(error?.message).toContain('line 20001');
    expect(rig.dump()).toEqual({});
  });
});

describe('series and labels', () => {
  test('a series given twice counts once, the first value wins, and it is counted', () => {
    const rig = new Rig();
    for (let count = 0; count < 3; count++) {
      expect(rig.scrape('a 1\na 2\nb 3\n')).toMatchObject({ scraped: 3, kept: 3, duplicates: 1 });
    }
    expect(rig.dump()[name('a')]).toBe('1@1000 1@2000 1@3000');
  });

  test('two spellings of one series are one series', () => {
    const rig = new Rig();
    const body = 'a{x="1",y="2"} 1\na{y="2",x="1"} 2\na{y="2",x="1",} 1\n';
    expect(rig.scrape(body).duplicates).toBe(1);
    expect(rig.scrape(body).duplicates).toBe(1);
    expect(rig.dump()).toEqual({ '{__name__="a", x="1", y="2"}': '1@1000 1@2000' });
  });

  test('a series dropped by relabelling is scraped but not kept', () => {
    const rig = new Rig({ mutate: (labels) => (labels.has('drop') ? undefined : labels) });
    for (let count = 0; count < 3; count++) {
      expect(rig.scrape('a{drop="1"} 1\nb 2\n')).toMatchObject({ scraped: 2, kept: 1 });
    }
    expect(Object.keys(rig.dump())).toEqual([name('b')]);
  });

  test('target labels are added once per series, not once per sample', () => {
    let calls = 0;
    const rig = new Rig({
      mutate: (labels) => {
        calls++;
        return labels.with('job', 'x');
      },
    });
    for (let count = 0; count < 3; count++) rig.scrape('a 1\nb 2\n');
    expect(calls).toBe(2);
    expect(Object.keys(rig.dump())).toContain('{__name__="a", job="x"}');
  });

  test('le and quantile have one spelling', () => {
    const rig = new Rig();
    rig.scrape('# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\n');
    rig.scrape(
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="5"} 1\nh_bucket{le="+Inf"} 2\n',
    );
    expect(Object.keys(rig.dump())).toEqual([
      '{__name__="h_bucket", le="1.0"}',
      '{__name__="h_bucket", le="+Inf"}',
      '{__name__="h_bucket", le="5.0"}',
    ]);
  });

  test.each([
    ['a{x="1",x="2"} 1\n', 'label name "x" is not unique'],
    ['{a="b"} 1\n', 'metric name not set'],
  ])('%j refuses the page', (body, problem) => {
    expect(new Rig().scrape(body).error?.message).toContain(problem);
  });

  test('a series without a name after relabelling refuses the page', () => {
    const rig = new Rig({ mutate: (labels) => labels.withoutName().with('x', 'y') });
    expect(rig.scrape('a 1\n').error?.message).toBe('missing metric name (__name__ label)');
  });

  test('the legacy scheme refuses a name in quotes', () => {
    const body = '{"a.b",c="d"} 1\n';
    expect(new Rig().scrape(body).error).toBeUndefined();
    const stats = new Rig({ validationScheme: 'legacy' }).scrape(body);
    expect(stats.error?.kind).toBe('invalid_labels');
  });

  test('every scraped NaN is the ordinary one, not a marker', () => {
    const rig = new Rig();
    const words: number[][] = [];
    rig.sink.openScrapeWriter = () => ({
      setLayout: () => undefined,
      appendRow: (_, values) => {
        words.push([...new Uint32Array(values.buffer, 0, 2)]);
        return { appended: 1, tooOld: 0, tooNew: 0, duplicates: 0 };
      },
      close: () => undefined,
    });
    const target = new TargetIngest(rig.sink, { ...INGEST_DEFAULTS, mutate: (labels) => labels });
    for (const body of ['a NaN\n', 'a nan\n', 'a NaN\n']) {
      target.ingest(Buffer.from(body), TEXT, 1);
      target.report(1, []);
    }
    expect(words).toEqual(Array(3).fill([1, 0x7ff80000]));
  });
});

describe('own timestamps', () => {
  test('count as they are, without stale markers', () => {
    const rig = new Rig();
    rig.scrape('a 1 500\nb 2\n');
    rig.scrape('a 1 500\nb 2\n');
    rig.scrape('a 2 700\n');
    rig.scrape('');
    expect(rig.dump()).toEqual({
      [name('a')]: '1@500 2@700',
      [name('b')]: '2@1000 2@2000 stale@3000',
    });
  });

  test('are stale-marked when asked for', () => {
    const rig = new Rig({ trackTimestampsStaleness: true });
    const lines = Array.from({ length: 40 }, (_, at) => `m{i="${at}"} 1 500\n`).join('');
    rig.scrape(lines);
    rig.scrape(lines);
    rig.scrape(lines.slice(lines.indexOf('\n') + 1));
    expect(rig.sink.of('{__name__="m", i="0"}').map((s) => [s.value, s.timestampMs])).toEqual([
      [1, 500],
      ['stale', 3000],
    ]);
    rig.fail();
    rig.fail();
    const last = rig.sink.of('{__name__="m", i="1"}').map((s) => [s.value, s.timestampMs]);
    expect(last.filter(([value]) => value === 'stale')).toEqual([['stale', 4000]]);
  });

  test('are ignored without honor_timestamps', () => {
    const rig = new Rig({ honorTimestamps: false });
    rig.scrape('a 1 500\n');
    rig.scrape('a 1 500\n');
    expect(rig.dump()).toEqual({ [name('a')]: '1@1000 1@2000' });
  });

  test('outside what the store takes are counted', () => {
    const rig = new Rig({}, { oldestMs: 100, newestMs: 10_000 });
    expect(rig.scrape('a 1 50\nb 1 99999\nc 1 500\n')).toMatchObject({ tooOld: 1, tooNew: 1 });
  });

  test('a series that gets its own timestamp ends as a scraped one', () => {
    const rig = new Rig();
    rig.scrape('a 1\n');
    rig.scrape('a 2 1500\n');
    expect(rig.dump()).toEqual({ [name('a')]: '1@1000 2@1500 stale@2000' });
  });
});

describe('input that means harm', () => {
  test('a hundred thousand labels in the wrong order are one series', () => {
    const rig = new Rig();
    const labels = Array.from({ length: 100_000 }, (_, at) => `l${100_000 - at}="v"`);
    expect(rig.scrape(`a{${labels.join(',')}} 1\n`)).toMatchObject({ error: undefined, kept: 1 });
    const [series] = rig.sink.labels.slice(1);
    expect(series?.pairs.slice(0, 4)).toEqual(['__name__', 'a', 'l1', 'v']);
    labels.push('l7="w"');
    expect(rig.scrape(`a{${labels.join(',')}} 1\n`).error?.message).toContain('"l7" is not unique');
  });

  test('a line of a megabyte is read or refused like a short one', () => {
    const rig = new Rig();
    const long = 'x'.repeat(1_000_000);
    expect(rig.scrape(`a{b="${long}"} 1\n`).error).toBeUndefined();
    expect(rig.scrape(`a{b="${long}"} ${long}\n`).error?.message.length).toBeLessThan(5000);
    expect(rig.scrape(`${long}!\n`).error?.message.length).toBeLessThan(5000);
  });

  test('compressed bytes served as text are refused', () => {
    expect(new Rig().scrape(gzipSync('a 1\n')).error?.kind).toBe('parse');
  });
});

describe('limits', () => {
  const limits = INGEST_DEFAULTS.limits;

  test('more samples than sample_limit refuse the page and are still counted', () => {
    const rig = new Rig({ limits: { ...limits, sampleLimit: 2 } });
    const stats = rig.scrape('a 1\nb 1\nc 1\n');
    expect(stats).toMatchObject({ scraped: 3, kept: 3, error: { kind: 'sample_limit' } });
    expect(stats.error?.message).toBe('sample limit exceeded');
    expect(rig.dump()).toEqual({});
    expect(rig.scrape('a 1\nb 1\n').error).toBeUndefined();
  });

  test.each([
    [{ labelLimit: 1 }, 'label_limit exceeded (metric: a, number of labels: 2, limit: 1)'],
    [
      { labelNameLengthLimit: 7 },
      'label_name_length_limit exceeded (metric: a, label name: __name__, length: 8, limit: 7)',
    ],
    [
      { labelValueLengthLimit: 1 },
      'label_value_length_limit exceeded (metric: a, label name: b, value: "xy", length: 2, limit: 1)',
    ],
  ])('%j', (limit, message) => {
    const rig = new Rig({ limits: { ...limits, ...limit } });
    expect(rig.scrape('a{b="xy"} 1\n').error?.message).toBe(message);
  });

  test('beyond the series limit new series are refused and known ones go on', () => {
    const rig = new Rig({}, { seriesMax: 3 });
    rig.scrape('a 1\nb 1\n');
    const stats = rig.scrape('a 2\nb 2\nc 2\nd 2\n');
    expect(stats).toMatchObject({ error: undefined, seriesRefused: 2, scraped: 4 });
    expect(stats.refusal?.message).toContain('label "id"');
    rig.scrape('a 3\nb 3\nc 3\nd 3\n');
    expect(rig.dump()).toEqual({
      [name('a')]: '1@1000 2@2000 3@3000',
      [name('b')]: '1@1000 2@2000 3@3000',
    });
  });

  test('an unknown content type refuses the page unless a fallback is set', () => {
    expect(new Rig().scrape('a 1\n', 'text/html').error?.kind).toBe('content_type');
    expect(new Rig().scrape('a 1\n', '').error?.message).toContain('blank Content-Type');
    const rig = new Rig({ fallbackContentType: 'text/plain' });
    expect(rig.scrape('a 1\n', 'text/html').error).toBeUndefined();
  });
});

describe('what comes beside samples', () => {
  test('metadata is handed on once, and again when it changes', () => {
    const rig = new Rig();
    rig.scrape('# HELP a one\n# TYPE a counter\na 1\n');
    rig.scrape('# HELP a one\n# TYPE a counter\na 1\n');
    expect(rig.sink.metadata).toEqual([
      { metricName: 'a', type: 'counter', help: 'one', unit: '' },
    ]);
    rig.scrape('# HELP a two\n# TYPE a counter\na 1\n');
    expect(rig.sink.metadata.at(-1)).toMatchObject({ help: 'two', type: 'counter' });
    expect([...rig.target.metadata]).toHaveLength(1);
  });

  test('exemplars are handed on when they are new', () => {
    const rig = new Rig();
    const page = (value: number, id: string) =>
      `# TYPE c counter\nc_total ${value} # {trace_id="${id}"} 0.5 1.5\n# EOF\n`;
    for (const body of [page(1, 'x'), page(2, 'x'), page(3, 'y'), page(3, 'y')]) {
      expect(rig.scrape(body, OPENMETRICS).error).toBeUndefined();
    }
    expect(
      rig.sink.exemplars.map((e) => [e.labels.get('trace_id'), e.value, e.timestampMs]),
    ).toEqual([
      ['x', 0.5, 1500],
      ['y', 0.5, 1500],
    ]);
    expect(rig.dump()).toEqual({ [name('c_total')]: '1@1000 2@2000 3@3000 3@4000' });
  });

  test('an exemplar without a timestamp has that of its sample, and too long a one is left out', () => {
    const rig = new Rig();
    const long = 'x'.repeat(129);
    rig.scrape(
      `a_total 1 # {t="1"} 2\nb_total 1 7 # {t="1"} 2\nc_total 1 # {t="${long}"} 2\n# EOF\n`,
      OPENMETRICS,
    );
    expect(rig.sink.exemplars.map((e) => e.timestampMs)).toEqual([1000, 7000]);
  });

  test('a series about the scrape that the target exposes itself is left to the target', () => {
    const rig = new Rig();
    rig.target.ingest(Buffer.from('up{job="j"} 5\n'), TEXT, 1000);
    rig.target.report(1000, [{ labels: UP, value: 1 }]);
    expect(rig.sink.of(UP.toString())).toEqual([{ timestampMs: 1000, value: 5 }]);
  });

  test('a refused series about the scrape does not keep the rest of its row', () => {
    const rig = new Rig({}, { seriesMax: 1 });
    rig.target.ingest(Buffer.from('a 1\n'), TEXT, 1000);
    expect(() => rig.target.report(1000, [{ labels: UP, value: 1 }])).toThrow(SeriesLimitError);
    expect(rig.dump()).toEqual({ [name('a')]: '1@1000' });
  });

  test('without a report the row is written by the next scrape', () => {
    const rig = new Rig();
    const none: readonly ReportSample[] = [];
    rig.target.ingest(Buffer.from('a 1\n'), TEXT, 1000);
    rig.target.ingest(Buffer.from('a 2\n'), TEXT, 2000);
    rig.target.report(2000, none);
    expect(rig.dump()).toEqual({ [name('a')]: '1@1000 2@2000' });
  });
});
