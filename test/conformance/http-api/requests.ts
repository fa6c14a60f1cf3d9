/**
 * What each operation of the API is asked. Each has at least one request that must succeed;
 * `$now` and `$before` stand for the time of the request and three seconds before.
 */

export interface ApiRequest {
  /** Replaces `{name}` parts of the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly params?: readonly (readonly [string, string])[];
  /** In place of parameters, with the headers of a remote write request. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** The answer is to be an error of this status; without it 200. */
  readonly status?: number;
}

const QUERIES: readonly string[] = [
  'demo_requests_total',
  'demo_latency_seconds',
  'rate(demo_latency_seconds[1m])',
  'sum by (path) (demo_requests_total)',
  'scalar(sum(demo_requests_total))',
  'time()',
  'nonexistent',
  'demo_requests_total / 0',
  'rate(demo_temperature[10s])',
];

const NOW: readonly [string, string] = ['time', '$now'];
const RANGE = [
  ['start', '$before'],
  ['end', '$now'],
] as const;

const INSTANT: readonly ApiRequest[] = [
  ...QUERIES.map((query) => ({ params: [['query', query], NOW] as const })),
  { params: [['query', 'demo_requests_total[10s]'], NOW] },
  { params: [['query', 'demo_requests_total'], NOW, ['stats', 'all']] },
  { params: [['query', 'demo_requests_total'], NOW, ['limit', '1']] },
  { params: [['query', 'sum(']], status: 400 },
  {
    params: [
      ['query', 'up'],
      ['time', 'now'],
    ],
    status: 400,
  },
  { params: [['query', 'up + on (x) group_left up{a="b"}'], NOW] },
  { params: [['query', 'demo_requests_total * on () demo_requests_total'], NOW], status: 422 },
];

const STEP: readonly [string, string] = ['step', '1'];
const OVER_TIME: readonly ApiRequest[] = [
  ...QUERIES.map((query) => ({ params: [['query', query], ...RANGE, STEP] as const })),
  { params: [['query', 'demo_requests_total'], ...RANGE, STEP, ['stats', 'all']] },
  { params: [['query', 'demo_requests_total'], ...RANGE, ['step', '0']], status: 400 },
  { params: [['query', 'demo_requests_total'], STEP], status: 400 },
];

const EXEMPLARS: readonly ApiRequest[] = [
  { params: [['query', 'demo_requests_total'], ...RANGE] },
  { params: [['query', 'sum(']], status: 400 },
];

const TEXT: readonly ApiRequest[] = [
  { params: [['query', 'sum by (a) (rate(x{b=~"c"}[5m] offset 1m)) > bool on () 3']] },
  { params: [['query', 'sum(']], status: 400 },
];

const MATCH: readonly [string, string] = ['match[]', 'demo_requests_total'];
const LABELS: readonly ApiRequest[] = [
  {},
  { params: [MATCH, ...RANGE] },
  { params: [['limit', '1']] },
  { params: [['match[]', '{']], status: 400 },
];

const SERIES: readonly ApiRequest[] = [
  { params: [MATCH, ['match[]', '{path="/b"}'], ...RANGE] },
  {
    params: [
      ['match[]', '{__name__=~"demo.+"}'],
      ['limit', '1'],
    ],
  },
  { status: 400 },
];

const SEARCH: readonly ApiRequest[] = [
  {},
  {
    params: [
      ['search[]', 'demo'],
      ['sort_by', 'score'],
      ['include_score', 'true'],
    ],
  },
  {
    params: [
      ['search[]', 'dml'],
      ['fuzz_alg', 'jarowinkler'],
      ['fuzz_threshold', '40'],
    ],
  },
  { params: [['limit', '0']], status: 400 },
];

const SEARCH_VALUES: readonly ApiRequest[] = [
  ...SEARCH.map(({ params = [], ...rest }) => ({
    ...rest,
    params: [['label', 'path'], ...params] as const,
  })),
  { status: 400 },
];

const SEARCH_NAMES: readonly ApiRequest[] = [...SEARCH, { params: [['include_metadata', '1']] }];

const DELETE: readonly ApiRequest[] = [
  { params: [['match[]', 'demo_to_be_deleted']] },
  { status: 400 },
];

const ONCE: readonly ApiRequest[] = [{}];

/** A write request without series, compressed with snappy: one byte, its length. */
const EMPTY_WRITE = new Uint8Array(1);

/** By `method path`. An operation that is not here is asked with the examples of its parameters. */
export const REQUESTS: Readonly<Record<string, readonly ApiRequest[]>> = {
  'get /query': INSTANT,
  'post /query': INSTANT,
  'get /query_range': OVER_TIME,
  'post /query_range': OVER_TIME,
  'get /query_exemplars': EXEMPLARS,
  'post /query_exemplars': EXEMPLARS,
  'get /format_query': TEXT,
  'post /format_query': TEXT,
  'get /parse_query': TEXT,
  'post /parse_query': TEXT,
  'get /labels': LABELS,
  'post /labels': LABELS,
  'get /label/{name}/values': [
    { path: { name: 'path' } },
    { path: { name: '__name__' }, params: [MATCH, ...RANGE] },
    { path: { name: 'U__caf_e9_' } },
  ],
  'get /search/metric_names': SEARCH_NAMES,
  'post /search/metric_names': SEARCH_NAMES,
  'get /search/label_names': SEARCH,
  'post /search/label_names': SEARCH,
  'get /search/label_values': SEARCH_VALUES,
  'post /search/label_values': SEARCH_VALUES,
  'get /series': SERIES,
  'post /series': SERIES,
  'get /metadata': [
    {},
    { params: [['metric', 'demo_requests']] },
    { params: [['limit', 'x']], status: 400 },
  ],
  'get /scrape_pools': ONCE,
  'get /scrape_pools/config': [{ params: [['scrapePool', 'demo']] }, { status: 400 }],
  'get /targets': [
    {},
    { params: [['state', 'active']] },
    { params: [['state', 'dropped']] },
    { params: [['scrapePool', 'demo']] },
  ],
  'get /targets/metadata': [{}, { params: [['metric', 'demo_requests']] }],
  'get /targets/relabel_steps': [
    {
      params: [
        ['scrapePool', 'demo'],
        ['labels', '{"__address__":"a:1","__meta_drop":"yes"}'],
      ],
    },
    { status: 400 },
  ],
  'get /rules': [{}, { params: [['type', 'alert']] }],
  'get /alerts': ONCE,
  'get /alertmanagers': ONCE,
  'get /status/config': ONCE,
  'get /status/runtimeinfo': ONCE,
  'get /status/buildinfo': ONCE,
  'get /status/flags': ONCE,
  'get /status/tsdb': [{}, { params: [['limit', '3']] }, { params: [['limit', '0']], status: 400 }],
  'get /status/tsdb/blocks': ONCE,
  'get /status/walreplay': ONCE,
  'get /status/self_metrics': [{}, { params: [['metric_name_pattern', 'prometheus_.*']] }],
  'put /admin/tsdb/delete_series': DELETE,
  'post /admin/tsdb/delete_series': DELETE,
  'put /admin/tsdb/clean_tombstones': ONCE,
  'post /admin/tsdb/clean_tombstones': ONCE,
  'put /admin/tsdb/snapshot': ONCE,
  'post /admin/tsdb/snapshot': [{ params: [['skip_head', 'maybe']], status: 400 }, {}],
  'post /write': [{ body: EMPTY_WRITE, status: 204 }],
  'get /notifications': ONCE,
  'get /features': ONCE,
};
