/** What happened in clusters: see model/cluster-history.ts. */
export const CREATE_HISTORY: readonly string[] = [
  // A row for each time an event was told; the newest of a uid is the event.
  `CREATE TABLE IF NOT EXISTS events (
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    cluster LowCardinality(String),
    namespace LowCardinality(String),
    kind LowCardinality(String),
    name String CODEC(ZSTD(1)),
    reason LowCardinality(String),
    type LowCardinality(String),
    uid String CODEC(ZSTD(1)),
    action LowCardinality(String),
    message String CODEC(ZSTD(1)),
    object_uid String CODEC(ZSTD(1)),
    field_path LowCardinality(String),
    component LowCardinality(String),
    instance LowCardinality(String),
    count UInt32 CODEC(ZSTD(1)),
    delta UInt32 CODEC(ZSTD(1)),
    first_ts DateTime64(3, 'UTC') CODEC(ZSTD(1))
  ) ENGINE = ReplacingMergeTree
  PARTITION BY toDate(ts)
  ORDER BY (cluster, namespace, kind, name, uid, count, ts)
  SETTINGS ttl_only_drop_parts = 1`,

  `CREATE TABLE IF NOT EXISTS object_revisions (
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    cluster LowCardinality(String),
    api_group LowCardinality(String),
    api_version LowCardinality(String),
    kind LowCardinality(String),
    namespace LowCardinality(String),
    name String CODEC(ZSTD(1)),
    uid String CODEC(ZSTD(1)),
    resource_version String CODEC(ZSTD(1)),
    change LowCardinality(String),
    manager LowCardinality(String),
    content_hash String CODEC(ZSTD(1)),
    object String CODEC(ZSTD(3))
  ) ENGINE = ReplacingMergeTree
  PARTITION BY toDate(ts)
  ORDER BY (cluster, api_group, kind, namespace, name, uid, ts, content_hash)
  SETTINGS index_granularity = 256, ttl_only_drop_parts = 1`,
];
