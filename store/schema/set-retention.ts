import type { Engine } from '../clickhouse/engine.ts';

const DAY_SECONDS = 86_400;
const LANE = { lane: 'background' } as const;

/** Tables and the expression whose time counts. A month of series lives until its last day has. */
const EXPIRY: readonly (readonly [table: string, expression: string, extraSeconds: number])[] = [
  ['samples', 'toDateTime(ts)', 0],
  ['histograms', 'toDateTime(ts)', 0],
  ['exemplars', 'toDateTime(ts)', 0],
  ['events', 'toDateTime(ts)', 0],
  ['object_revisions', 'toDateTime(ts)', 0],
  ['alert_decisions', 'toDateTime(ts)', 0],
  ['series_days', 'toDateTime(day)', DAY_SECONDS],
  ['series', 'toDateTime(month)', 31 * DAY_SECONDS],
];

/**
 * Sets how long data are kept. Only the rule is changed: no part is rewritten, and a part goes as a
 * whole when all its rows are too old, so that retention never costs a mutation.
 * @param retentionMs 0: for ever
 */
export async function setRetention(engine: Engine, retentionMs: number): Promise<void> {
  for (const [table, expression, extraSeconds] of EXPIRY) {
    const seconds = Math.ceil(retentionMs / 1000) + extraSeconds;
    const wanted = retentionMs === 0 ? '' : `${expression} + toIntervalSecond(${seconds})`;
    const current = await currentTtl(engine, table);
    if (current === wanted) continue;
    const change = wanted === '' ? 'REMOVE TTL' : `MODIFY TTL ${wanted}`;
    await engine.run(
      {
        sql: `ALTER TABLE ${table} ${change} SETTINGS materialize_ttl_after_modify = 0`,
        params: {},
      },
      LANE,
    );
  }
}

async function currentTtl(engine: Engine, table: string): Promise<string> {
  const sql = `SELECT extract(create_table_query, '\\\\bTTL (.+?) SETTINGS\\\\b')
    FROM system.tables WHERE database = currentDatabase() AND name = {table:String} FORMAT TSV`;
  return (await engine.readText({ sql, params: { table } }, LANE)).trim();
}
