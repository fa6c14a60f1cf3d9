import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { ListedLabels } from '../../test/listed-labels.ts';
import { errorResponse } from './envelope.ts';
import { labelRoutes } from './label-routes.ts';
import { MAX_TIME_MS, MIN_TIME_MS } from './params.ts';
import { searchRoutes } from './search/search-routes.ts';

const SERIES = [
  { __name__: 'http_requests_total', code: '200', job: 'a' },
  { __name__: 'http_requests_total', code: '500', job: 'b' },
  { __name__: 'node_cpu_seconds_total', 'my.dotted': 'x', job: 'c' },
].map((record) => Labels.fromRecord(record));

const METADATA = new Map(
  ['http_requests_total', 'node_cpu_seconds_total'].map((metricName) => [
    metricName,
    [
      { metricName, type: 'counter' as const, help: 'Help.', unit: '' },
      { metricName, type: 'gauge' as const, help: 'Other.', unit: 'seconds' },
    ],
  ]),
);

const source = new ListedLabels(SERIES, METADATA);
const NOW_MS = 10_000_000;
const app = new Hono();
app.route('/', labelRoutes(source));
app.route(
  '/',
  searchRoutes(source, () => NOW_MS),
);
app.onError((error, c) =>
  errorResponse(c, error, (bug) => {
    throw bug;
  }),
);

async function ask(path: string): Promise<Record<string, unknown>> {
  return (await (await app.request(path)).json()) as Record<string, unknown>;
}

describe('labels', () => {
  test('without times and matchers everything counts', async () => {
    const { data } = await ask('/labels');

    expect(data).toEqual(['__name__', 'code', 'job', 'my.dotted']);
    expect(source.lastSelection).toEqual({
      matcherSets: [],
      startMs: MIN_TIME_MS,
      endMs: MAX_TIME_MS,
      limit: 0,
    });
  });

  test('any of several selectors selects', async () => {
    const { data } = await ask('/label/job/values?match[]={code="500"}&match[]={job="c"}');

    expect(data).toEqual(['b', 'c']);
  });

  test('what a limit cuts off is told, what just fits is not', async () => {
    const cut = await ask('/labels?limit=3');
    const full = await ask('/labels?limit=4');

    expect(cut).toEqual({
      status: 'success',
      data: ['__name__', 'code', 'job'],
      warnings: ['results truncated due to limit'],
    });
    expect(full['warnings']).toBeUndefined();
  });

  test.each([
    ['/label/U__my_2e_dotted/values', ['x']],
    ['/label/my.dotted/values', ['x']],
    ['/label/U______name____/values', ['http_requests_total', 'node_cpu_seconds_total']],
    ['/label/U__broken_zz_/values', []],
  ])('%s: names may be escaped', async (path, values) => {
    expect((await ask(path))['data']).toEqual(values);
  });
});

describe('series', () => {
  test('label sets as objects', async () => {
    expect((await ask('/series?match[]=node_cpu_seconds_total'))['data']).toEqual([
      { __name__: 'node_cpu_seconds_total', 'my.dotted': 'x', job: 'c' },
    ]);
  });

  test.each([
    ['/series', 'no match[] parameter provided'],
    [
      '/series?match[]={a=""}',
      'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
    ],
    [
      '/series?match[]=a{',
      'invalid parameter "match[]": 1:3: parse error: unexpected end of input inside braces',
    ],
  ])('%s is refused', async (path, error) => {
    expect(await ask(path)).toEqual({ status: 'error', errorType: 'bad_data', error });
  });
});

describe('metadata', () => {
  test('limits of metrics, and of entries a metric', async () => {
    const one = await ask('/metadata?limit=1&limit_per_metric=1');
    const none = await ask('/metadata?limit=0');
    const named = await ask('/metadata?metric=node_cpu_seconds_total');

    expect(one['data']).toEqual({
      http_requests_total: [{ type: 'counter', help: 'Help.', unit: '' }],
    });
    expect(none['data']).toEqual({});
    expect(Object.keys(named['data'] as object)).toEqual(['node_cpu_seconds_total']);
  });
});

describe('search', () => {
  async function lines(path: string): Promise<readonly unknown[]> {
    const response = await app.request(path);
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const text = await response.text();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  test('batches come in order, and then whether there is more', async () => {
    expect(await lines('/search/label_values?label=job&batch_size=2')).toEqual([
      { results: [{ value: 'a' }, { value: 'b' }] },
      { results: [{ value: 'c' }] },
      { status: 'success', has_more: false },
    ]);
    expect(
      await lines('/search/label_values?label=job&limit=1&sort_by=alpha&sort_dir=dsc'),
    ).toEqual([{ results: [{ value: 'c' }] }, { status: 'success', has_more: true }]);
  });

  test('nothing found is one empty batch', async () => {
    expect(await lines('/search/label_names?search[]=zzz')).toEqual([
      { results: [] },
      { status: 'success', has_more: false },
    ]);
  });

  test('the best match first, with score and metadata', async () => {
    const [batch] = await lines(
      '/search/metric_names?search[]=requests&sort_by=score&include_score=true&include_metadata=1',
    );

    expect(batch).toEqual({
      results: [
        {
          name: 'http_requests_total',
          score: (1 - (5 / 19 + 6 / 19 / 2) / 64) * 0.999,
          type: 'counter',
          help: 'Help.',
        },
      ],
    });
  });

  test('the last hour counts unless said otherwise', async () => {
    await lines('/search/metric_names');

    expect(source.lastSelection).toMatchObject({ startMs: NOW_MS - 3_600_000, endMs: NOW_MS });
  });

  test.each([
    ['label_values', 'missing required parameter "label"'],
    ['label_names?limit=0', 'invalid limit "0": must be a positive integer'],
    ['label_names?limit=10001', 'limit 10001 exceeds the maximum (10000)'],
    ['label_names?batch_size=x', 'invalid batch_size "x": must be a positive integer'],
    ['label_names?fuzz_threshold=101', 'invalid fuzz_threshold "101": must be 0-100'],
    [
      'label_names?fuzz_alg=x',
      'unsupported fuzz_alg "x": must be one of [subsequence jarowinkler]',
    ],
    ['label_names?case_sensitive=maybe', 'invalid case_sensitive "maybe": must be boolean'],
    ['label_names?sort_dir=asc', 'sort_dir is only valid when sort_by is set'],
    ['label_names?sort_by=score', 'sort_by=score requires search[] to be set'],
    ['label_names?sort_by=x', 'invalid sort_by "x" for label_names: must be "alpha" or "score"'],
    ['label_names?sort_by=alpha&sort_dir=x', 'invalid sort_dir "x": must be "asc" or "dsc"'],
    ['label_names?start=2&end=1', 'end timestamp must not be before start timestamp'],
    ['label_names?match[]={', '1:2: parse error: unexpected end of input inside braces'],
    [`label_names?${'search[]=a&'.repeat(33)}`, 'too many search[] terms: got 33, maximum is 32'],
  ])('search/%s is refused', async (path, error) => {
    expect(await ask(`/search/${path}`)).toEqual({ status: 'error', errorType: 'bad_data', error });
  });
});
