/**
 * The tables (drawn in docs/storage.md). Times are UTC. Retention is set apart, see
 * set-retention.ts, and so are the codecs of a column when they are configured.
 */
export const CREATE_TABLES: readonly string[] = [
  // Labels of a series, once for every month in which it had samples: a month is dropped whole.
  `CREATE TABLE IF NOT EXISTS series (
    month Date CODEC(ZSTD(1)),
    series_id UInt64 CODEC(Delta(8), ZSTD(1)),
    metric_name String CODEC(ZSTD(1)),
    labels Map(String, String) CODEC(ZSTD(1))
  ) ENGINE = ReplacingMergeTree
  PARTITION BY month
  ORDER BY series_id
  SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1`,

  // The days on which a series had samples, at least the first and the last.
  `CREATE TABLE IF NOT EXISTS series_days (
    day Date CODEC(ZSTD(1)),
    series_id UInt64 CODEC(Delta(8), ZSTD(1))
  ) ENGINE = ReplacingMergeTree
  PARTITION BY day
  ORDER BY series_id
  SETTINGS ttl_only_drop_parts = 1`,

  // The value codec was chosen in the benchmark "disk": Delta beats Gorilla and FPC on scrapes.
  `CREATE TABLE IF NOT EXISTS samples (
    series_id UInt64 CODEC(Delta(8), ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value Float64 CODEC(Delta(8), ZSTD(1))
  ) ENGINE = MergeTree
  PARTITION BY toDate(ts)
  ORDER BY (series_id, ts)
  SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`,

  `CREATE TABLE IF NOT EXISTS histograms (
    series_id UInt64 CODEC(Delta(8), ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    counter_reset_hint UInt8 CODEC(ZSTD(1)),
    schema Int8 CODEC(ZSTD(1)),
    zero_threshold Float64 CODEC(ZSTD(1)),
    zero_count Float64 CODEC(Delta(8), ZSTD(1)),
    count Float64 CODEC(Delta(8), ZSTD(1)),
    sum Float64 CODEC(Delta(8), ZSTD(1)),
    positive_offsets Array(Int32) CODEC(ZSTD(1)),
    positive_lengths Array(UInt32) CODEC(ZSTD(1)),
    positive_buckets Array(Float64) CODEC(ZSTD(1)),
    negative_offsets Array(Int32) CODEC(ZSTD(1)),
    negative_lengths Array(UInt32) CODEC(ZSTD(1)),
    negative_buckets Array(Float64) CODEC(ZSTD(1)),
    custom_values Array(Float64) CODEC(ZSTD(1))
  ) ENGINE = MergeTree
  PARTITION BY toDate(ts)
  ORDER BY (series_id, ts)
  SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`,

  `CREATE TABLE IF NOT EXISTS exemplars (
    series_id UInt64 CODEC(Delta(8), ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value Float64 CODEC(ZSTD(1)),
    labels Map(String, String) CODEC(ZSTD(1))
  ) ENGINE = MergeTree
  PARTITION BY toDate(ts)
  ORDER BY (series_id, ts)
  SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`,

  `CREATE TABLE IF NOT EXISTS metadata (
    metric_name String,
    type String,
    help String,
    unit String,
    updated DateTime64(3, 'UTC')
  ) ENGINE = ReplacingMergeTree(updated)
  ORDER BY (metric_name, type, help, unit)`,

  // What was deleted and is still in the tables: readers leave it out.
  `CREATE TABLE IF NOT EXISTS tombstones (
    series_id UInt64,
    start_ms Int64,
    end_ms Int64,
    created DateTime64(3, 'UTC'),
    is_applied UInt8
  ) ENGINE = ReplacingMergeTree(is_applied)
  ORDER BY (series_id, start_ms, end_ms, created)`,

  // Partitions from which a retention rule has removed its series.
  `CREATE TABLE IF NOT EXISTS retention_passes (
    day Date,
    rule String,
    done DateTime64(3, 'UTC')
  ) ENGINE = ReplacingMergeTree(done)
  ORDER BY (day, rule)
  TTL day + INTERVAL 5 YEAR`,

  // Ids of the pass that is running: a mutation then names this table, not a million numbers.
  `CREATE TABLE IF NOT EXISTS retention_ids (
    pass String,
    series_id UInt64
  ) ENGINE = MergeTree
  ORDER BY (pass, series_id)`,
];
