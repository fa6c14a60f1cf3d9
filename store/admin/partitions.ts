import type { Engine } from '../clickhouse/engine.ts';
import { DAY_MS, dayOf } from '../seen-days.ts';

/** Tables of samples, all partitioned by day. */
export const SAMPLE_TABLES = ['samples', 'histograms', 'exemplars'] as const;
export type SampleTable = (typeof SAMPLE_TABLES)[number];

const LANE = { lane: 'background' } as const;

/** Days (`2026-11-24`) for which a table has data, from the one of `startMs` to that of `endMs`. */
export async function listDays(
  engine: Engine,
  table: SampleTable,
  startMs: number,
  endMs: number,
): Promise<readonly string[]> {
  const text = await engine.readText(
    {
      sql: `SELECT DISTINCT partition FROM system.parts
        WHERE active AND database = currentDatabase() AND table = {table:String}
        ORDER BY partition FORMAT TSV`,
      params: { table },
    },
    LANE,
  );
  const first = dayOf(startMs) * DAY_MS;
  // A partition cannot be a parameter, so only what looks like a day gets into a statement.
  return text.split('\n').filter((day) => {
    const dayMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    return dayMs >= first && dayMs <= endMs;
  });
}
