/** What was decided of alerts: see model/alert-decisions.ts. */
export const CREATE_ALERT_DECISIONS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS alert_decisions (
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    alertname LowCardinality(String),
    fingerprint String CODEC(ZSTD(1)),
    labels Map(String, String) CODEC(ZSTD(1)),
    kind LowCardinality(String),
    reason String CODEC(ZSTD(1)),
    value Float64 CODEC(ZSTD(1)),
    rule_group LowCardinality(String),
    receiver LowCardinality(String),
    integration LowCardinality(String),
    group_key String CODEC(ZSTD(1)),
    caused_by Array(String) CODEC(ZSTD(1)),
    attempts UInt32 CODEC(ZSTD(1)),
    INDEX alert_decisions_fingerprint fingerprint TYPE bloom_filter(0.01) GRANULARITY 1
  ) ENGINE = ReplacingMergeTree
  PARTITION BY toDate(ts)
  ORDER BY (alertname, fingerprint, ts, kind, receiver, integration, group_key)
  SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1`,
];
