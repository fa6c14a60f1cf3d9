/** Columns of the tables we write blocks for, in the order of the blocks. */
export interface TableColumns {
  readonly table: TableName;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** In the order in which they must reach ClickHouse: series before what refers to them. */
export const TABLE_NAMES = [
  'series',
  'series_days',
  'samples',
  'histograms',
  'exemplars',
  'metadata',
  'documents',
  'program_state',
  'events',
  'object_revisions',
  'alert_decisions',
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

const TS = "DateTime64(3, 'UTC')";
const LABELS = 'Map(String, String)';

function table(name: TableName, columns: Record<string, string>): TableColumns {
  return {
    table: name,
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
  };
}

export const TABLES: Readonly<Record<TableName, TableColumns>> = {
  series: table('series', {
    month: 'Date',
    series_id: 'UInt64',
    metric_name: 'String',
    labels: LABELS,
  }),
  series_days: table('series_days', { day: 'Date', series_id: 'UInt64' }),
  samples: table('samples', { series_id: 'UInt64', ts: TS, value: 'Float64' }),
  histograms: table('histograms', {
    series_id: 'UInt64',
    ts: TS,
    counter_reset_hint: 'UInt8',
    schema: 'Int8',
    zero_threshold: 'Float64',
    zero_count: 'Float64',
    count: 'Float64',
    sum: 'Float64',
    positive_offsets: 'Array(Int32)',
    positive_lengths: 'Array(UInt32)',
    positive_buckets: 'Array(Float64)',
    negative_offsets: 'Array(Int32)',
    negative_lengths: 'Array(UInt32)',
    negative_buckets: 'Array(Float64)',
    custom_values: 'Array(Float64)',
  }),
  exemplars: table('exemplars', {
    series_id: 'UInt64',
    ts: TS,
    value: 'Float64',
    labels: LABELS,
  }),
  metadata: table('metadata', {
    metric_name: 'String',
    type: 'String',
    help: 'String',
    unit: 'String',
    updated: TS,
  }),
  documents: table('documents', {
    kind: 'String',
    id: 'String',
    version: 'UInt64',
    updated: TS,
    author: 'String',
    is_deleted: 'UInt8',
    json: 'String',
  }),
  program_state: table('program_state', {
    store: 'String',
    kind: 'String',
    key: 'String',
    version: 'UInt64',
    is_deleted: 'UInt8',
    json: 'String',
  }),
  events: table('events', {
    ts: TS,
    cluster: 'String',
    namespace: 'String',
    kind: 'String',
    name: 'String',
    reason: 'String',
    type: 'String',
    uid: 'String',
    action: 'String',
    message: 'String',
    object_uid: 'String',
    field_path: 'String',
    component: 'String',
    instance: 'String',
    count: 'UInt32',
    delta: 'UInt32',
    first_ts: TS,
  }),
  object_revisions: table('object_revisions', {
    ts: TS,
    cluster: 'String',
    api_group: 'String',
    api_version: 'String',
    kind: 'String',
    namespace: 'String',
    name: 'String',
    uid: 'String',
    resource_version: 'String',
    change: 'String',
    manager: 'String',
    content_hash: 'String',
    object: 'String',
  }),
  alert_decisions: table('alert_decisions', {
    ts: TS,
    alertname: 'String',
    fingerprint: 'String',
    labels: LABELS,
    kind: 'String',
    reason: 'String',
    value: 'Float64',
    rule_group: 'String',
    receiver: 'String',
    integration: 'String',
    group_key: 'String',
    caused_by: 'Array(String)',
    attempts: 'UInt32',
  }),
};
