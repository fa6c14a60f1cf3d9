/** What each case of `remote-write/sender_cases.json` asks of our sender. */
import type { CapturedRequest, CapturedSeries } from '../remote-send/captured-request.ts';
import type { Answer, SenderRig, SenderRigOptions } from '../remote-send/sender-rig.ts';

export interface SenderCase {
  readonly file: string;
  readonly name: string;
  readonly requirement: string;
  readonly level: string;
  readonly scrape?: string;
  readonly receiver_answers?: readonly string[];
  readonly retry_after?: string;
}

/** The text of what is wrong, or undefined. */
export type Check = (rig: SenderRig) => string | undefined;

const V1 = 'prometheus.WriteRequest';

const STATUS: Readonly<Record<string, number>> = {
  StatusOK: 200,
  StatusNoContent: 204,
  StatusBadRequest: 400,
  StatusUnauthorized: 401,
  StatusNotFound: 404,
  StatusRequestEntityTooLarge: 413,
  StatusTooManyRequests: 429,
  StatusInternalServerError: 500,
  StatusBadGateway: 502,
  StatusServiceUnavailable: 503,
  StatusGatewayTimeout: 504,
};

/** Texts of a refusal, which the log must show as they are. */
const REFUSAL = 'out of order sample: {"weird": <text>}';
const LARGE_BODY = 'x'.repeat(200_000);

export function optionsOf(one: SenderCase): SenderRigOptions {
  const status = STATUS[one.receiver_answers?.[0] ?? ''];
  const isHistogram = one.file === 'histograms_test.go';
  const base: SenderRigOptions = { convertsHistograms: isHistogram };
  if (one.file === 'rw1_compat_test.go') return { ...base, message: V1 };
  if (one.file === 'fallback_test.go') {
    return { ...base, answer: (request) => (isV2(request) ? { status: 415 } : undefined) };
  }
  switch (one.name) {
    case 'handle_timeout':
      return {
        ...base,
        answers: [{ status: 200, way: 'hang' }],
        config: { remoteTimeoutMs: 50 },
      };
    case 'handle_partial_write':
      return {
        ...base,
        answers: [{ status: 200, way: 'cut', headers: { 'content-length': '9' } }],
      };
    case 'handle_malformed_response':
      return { ...base, answers: [{ status: 200, way: 'garbage' }] };
    case 'handle_invalid_status_code':
      return { ...base, answers: [{ status: 599 }, { status: 999 }] };
    case 'may_retry_on_429':
      return { ...base, answers: [retryAfter(one)], queue: { retryOnHttp429: true } };
    default:
      return status === undefined ? base : { ...base, answers: answersOf(one, status) };
  }
}

function retryAfter(one: SenderCase): Answer {
  return { status: 429, headers: { 'Retry-After': one.retry_after ?? '1' } };
}

function answersOf(one: SenderCase, status: number): readonly Answer[] {
  const body = one.name.includes('large') ? LARGE_BODY : REFUSAL;
  if (status >= 500) return Array.from({ length: 10 }, () => ({ status, body }));
  return [status === 204 ? { status } : { status, body }];
}

function isV2(request: CapturedRequest): boolean {
  return (request.headers['content-type'] ?? '').includes('write.v2');
}

/** Pages that the cases describe in words. */
export function pageOf(one: SenderCase): string {
  if (one.scrape !== undefined) return one.scrape;
  const many = (count: number, line: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => `${line(at)}\n`).join('');
  switch (one.name) {
    case 'batch_size_reasonable':
      return many(25_000, (at) => `metric_${at} ${at}`);
    case 'huge_label_values':
      return `test_metric{huge="${'x'.repeat(12_000)}"} 42\n`;
    case 'many_timeseries':
      return many(1000, (at) => `metric_${at} ${at}`);
    case 'high_cardinality':
      return many(1000, (at) => `requests{user="user-${at}",path="/p/${at % 50}"} ${at}`);
    case 'very_long_metric_name':
      return `${'long_'.repeat(100)}name 42\n`;
    case 'future_timestamp':
      return `test_metric 42 ${Date.now() + 60_000}\n`;
    default:
      throw new Error(`no page known for ${one.name}`);
  }
}

/** Undefined when nothing but the delivery is asked for. */
export function checkOf(one: SenderCase): Check | undefined {
  const status = STATUS[one.receiver_answers?.[0] ?? ''] ?? 0;
  if (one.file === 'retry_test.go' || one.file === 'backoff_test.go') {
    return status >= 500 || status === 429 ? retried(one) : notRepeated;
  }
  if (one.file === 'metadata_test.go') return METADATA[one.name];
  return CHECKS[one.name];
}

/** Cases in which the receiver refuses the samples for good. */
export function isRefused(one: SenderCase): boolean {
  const status = STATUS[one.receiver_answers?.[0] ?? ''] ?? 0;
  return status >= 400 && status < 500 && status !== 429;
}

function retried(one: SenderCase): Check {
  return ({ requests, delays }) => {
    const answerCount = one.name === 'may_retry_on_429' ? 1 : 10;
    const first = requests[0];
    if (requests.length <= answerCount) return `${requests.length} requests`;
    const again = requests.slice(0, answerCount + 1);
    if (again.some(({ body }) => first === undefined || !body.equals(first.body))) {
      return 'a request was not repeated as it was';
    }
    if (again.some(({ headers }, at) => at > 0 && headers['retry-attempt'] !== String(at))) {
      return 'Retry-Attempt does not count';
    }
    const waits =
      one.name === 'may_retry_on_429'
        ? [1000]
        : [30, 60, 120, 240, 480, 960, 1920, 3840, 5000, 5000];
    const text = delays.filter((delayMs) => delayMs <= 5000).join();
    return text.includes(waits.join()) ? undefined : `waits ${text}, without ${waits.join()}`;
  };
}

const notRepeated: Check = ({ requests }) => {
  const bodies = new Set(requests.map(({ body }) => body.toString('latin1')));
  return bodies.size === requests.length ? undefined : 'a refused request was repeated';
};

const logs =
  (text: string): Check =>
  ({ logged }) =>
    logged.some((line) => line.includes(JSON.stringify(text).slice(1, -1)))
      ? undefined
      : `the log does not say ${text}: ${logged.join('\n').slice(0, 300)}`;

const allSeries = (rig: SenderRig): readonly CapturedSeries[] =>
  rig.requests.flatMap(({ series }) => series);

const everyRequest =
  (what: string, holds: (request: CapturedRequest) => boolean): Check =>
  ({ requests }) =>
    requests.length > 0 && requests.every(holds) ? undefined : `not so: ${what}`;

const someSeries =
  (what: string, holds: (series: CapturedSeries) => boolean): Check =>
  (rig) =>
    allSeries(rig).some(holds) ? undefined : `no series: ${what}`;

const header = (name: string, value: string | RegExp): Check =>
  everyRequest(`${name}: ${String(value)}`, ({ headers }) => {
    const text = headers[name] ?? '';
    return typeof value === 'string' ? text === value : value.test(text);
  });

const oneRequestWithAll: Check = ({ requests, store }) => {
  const seriesMax = Math.max(...requests.map(({ series }) => series.length));
  return seriesMax === store.samples.length - 1 ? undefined : `at most ${seriesMax} series at once`;
};

const exemplar = (labelNames: readonly string[]): Check =>
  someSeries(`exemplar with ${labelNames.join()}`, ({ exemplars }) =>
    exemplars.some(({ labels, value, timestampMs }) => {
      return (
        labelNames.every((name) => labels.includes(name)) &&
        Number.isFinite(value) &&
        timestampMs >= 1_234_567_890_000 &&
        timestampMs < 1_234_567_892_000
      );
    }),
  );

const nativeHistogram = someSeries('native histogram', ({ histograms }) =>
  histograms.some(({ schema, count, timestampMs }) => {
    return schema === -53 && Number.isInteger(count) && timestampMs > 1e12;
  }),
);

const fellBack: Check = ({ requests }) => {
  const versions = requests.map(({ headers }) => headers['x-prometheus-remote-write-version']);
  const types = requests.map(({ headers }) => headers['content-type']);
  const [first, ...rest] = versions;
  const isDone = first === '2.0.0' && rest.length > 1 && rest.every((one) => one === '0.1.0');
  return isDone && types[0] !== types[1] ? undefined : `versions ${versions.join()}`;
};

const value = (expected: number): Check =>
  someSeries(`value ${expected}`, ({ samples }) =>
    samples.some((sample) => Object.is(sample.value, expected)),
  );

const CHECKS: Readonly<Record<string, Check>> = {
  multiple_series_per_request: oneRequestWithAll,
  batch_size_reasonable: everyRequest(
    'at most 10,000 series',
    ({ series }) => series.length <= 1e4,
  ),
  handles_varying_cardinality: oneRequestWithAll,
  high_cardinality_labels: oneRequestWithAll,
  complete_metric_family: oneRequestWithAll,
  multiple_metric_types: oneRequestWithAll,
  metadata_batching: someSeries('with metadata', ({ metadata }) => metadata !== undefined),
  samples_with_metadata: someSeries('with metadata', ({ metadata }) => metadata?.type === 1),
  samples_with_exemplars: exemplar(['trace_id', 'span_id']),
  exemplar_with_trace_id: exemplar(['trace_id', 'abc123xyz']),
  exemplar_with_span_id: exemplar(['span_id', 'def456']),
  exemplar_value_valid: exemplar(['trace_id']),
  exemplar_timestamp_valid: exemplar(['trace_id']),
  exemplar_labels_valid_refs: exemplar(['trace_id']),
  exemplar_labels_even_length: exemplar(['trace_id']),
  exemplar_custom_labels: exemplar(['user_id', 'request_id']),
  exemplar_on_histogram: exemplar(['hist123']),
  multiple_exemplars_per_series: (rig) => exemplar(['ex1'])(rig) ?? exemplar(['ex2'])(rig),
  histogram_with_metadata_and_exemplars: exemplar(['hist123']),
  native_histogram_structure: nativeHistogram,
  histogram_buckets_ordered: nativeHistogram,
  histogram_timestamp: nativeHistogram,
  histogram_count_present: nativeHistogram,
  histogram_sum_present: someSeries('sum', ({ histograms }) =>
    histograms.some(({ sum }) => sum === 250.5),
  ),
  histogram_large_counts: someSeries('count', ({ histograms }) =>
    histograms.some(({ count }) => count === 1e9),
  ),
  log_error_messages_verbatim: logs(REFUSAL),
  handle_large_error_response: notRepeated,
  handle_large_error_body: notRepeated,
  handle_partial_write_response: notRepeated,
  handle_missing_written_headers: notRepeated,
  handle_connection_refused: ({ logged }) =>
    logged.some((line) => line.includes('connection refused')) ? undefined : logged.join(),
  fallback_on_415_unsupported_media_type: fellBack,
  retry_with_different_version: fellBack,
  fallback_header_changes: fellBack,
  accept_success_after_fallback: fellBack,
  persistent_fallback_choice: fellBack,
  content_type_protobuf: header('content-type', /^application\/x-protobuf/),
  content_type_with_proto_param: header(
    'content-type',
    'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  ),
  content_encoding_snappy: header('content-encoding', 'snappy'),
  version_header_present: header('x-prometheus-remote-write-version', /./),
  version_header_value: header('x-prometheus-remote-write-version', '2.0.0'),
  user_agent_present: header('user-agent', /^Watchkeeper\//),
  rw1_version_header: header('x-prometheus-remote-write-version', '0.1.0'),
  rw1_content_type: header('content-type', 'application/x-protobuf'),
  rw1_symbol_table_not_used: everyRequest('no symbols', ({ symbols }) => symbols.length === 0),
  rw1_no_start_timestamp: (rig) =>
    allSeries(rig).every(({ samples }) => samples.every(({ startMs }) => startMs === 0))
      ? undefined
      : 'a start timestamp',
  rw1_no_native_histograms: (rig) =>
    allSeries(rig).every(({ histograms }) => histograms.length === 0) ? undefined : 'a histogram',
  float_value_encoding: value(123.45),
  integer_value_encoding: value(42),
  zero_value_encoding: value(0),
  negative_value_encoding: value(-15.5),
  positive_infinity_encoding: value(Number.POSITIVE_INFINITY),
  negative_infinity_encoding: value(Number.NEGATIVE_INFINITY),
  nan_encoding: value(Number.NaN),
  large_float_values: value(Number.MAX_VALUE),
  small_float_values: value(2.2250738585072014e-308),
  scientific_notation: value(1.23e-4),
  precision_preservation: value(0.123456789012345),
  job_instance_labels_present: (rig) =>
    allSeries(rig).every(({ labels }) => labels.includes('job') && labels.includes('instance'))
      ? undefined
      : 'a series without job and instance',
  start_timestamp_zero_handling: (rig) =>
    allSeries(rig).every(({ samples }) => samples.every(({ startMs }) => startMs === 0))
      ? undefined
      : 'a start timestamp that is not set',
};

const metadataWith = (holds: (metadata: CapturedSeries['metadata'] & object) => boolean): Check =>
  someSeries('metadata', ({ metadata }) => metadata !== undefined && holds(metadata));

const METADATA: Readonly<Record<string, Check>> = {
  metadata_type_counter: metadataWith(({ type }) => type === 1),
  metadata_type_gauge: metadataWith(({ type }) => type === 2),
  metadata_type_histogram: metadataWith(({ type }) => type === 3),
  metadata_type_summary: metadataWith(({ type }) => type === 5),
  metadata_help_text: metadataWith(({ help }) => help === 'The total number of HTTP requests'),
  metadata_unit: metadataWith(({ unit }) => unit === 'bytes'),
  metadata_help_with_newlines: metadataWith(({ help }) => help !== ''),
  metadata_help_with_special_chars: metadataWith(({ help }) => help.includes('"quotes"')),
  metadata_help_refs_valid: metadataWith(({ help }) => help === 'Test metric description'),
  metadata_consistent_across_series: (rig) => {
    const seen = new Set(
      allSeries(rig)
        .filter(({ labels }) => labels.includes('http_requests_total'))
        .map(({ metadata }) => JSON.stringify(metadata)),
    );
    return seen.size === 1 ? undefined : `${seen.size} kinds of metadata`;
  },
};
