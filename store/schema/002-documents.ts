/** What is kept besides samples. No retention: documents stay, state is replaced. */
export const CREATE_DOCUMENTS: readonly string[] = [
  // Every version of what people make. A version that comes twice is the same one.
  `CREATE TABLE IF NOT EXISTS documents (
    kind String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    updated DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    author String CODEC(ZSTD(1)),
    is_deleted UInt8 CODEC(ZSTD(1)),
    json String CODEC(ZSTD(3))
  ) ENGINE = ReplacingMergeTree
  ORDER BY (kind, id, version)`,

  // The state of parts of the program, by data directory; only the last version counts.
  `CREATE TABLE IF NOT EXISTS program_state (
    store String CODEC(ZSTD(1)),
    kind String CODEC(ZSTD(1)),
    key String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    is_deleted UInt8 CODEC(ZSTD(1)),
    json String CODEC(ZSTD(1))
  ) ENGINE = ReplacingMergeTree(version)
  ORDER BY (store, kind, key)`,
];
