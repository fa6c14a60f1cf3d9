import type { Durability } from '../../config/own-types.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { TABLE_NAMES } from './table-columns.ts';

const LANE = { lane: 'background' } as const;

/**
 * With `fsync` ClickHouse, too, writes an insert through to the disk before it confirms it: the
 * spool file is deleted then.
 */
export async function setDurability(engine: Engine, durability: Durability): Promise<void> {
  const wanted = durability === 'fsync' ? 1 : 0;
  const sql = `SELECT name FROM system.tables
    WHERE database = currentDatabase() AND create_table_query LIKE '%fsync_after_insert = 1%'
    FORMAT TSV`;
  const text = await engine.readText({ sql, params: {} }, LANE);
  const synced = new Set(text.split('\n'));
  for (const table of TABLE_NAMES) {
    if (synced.has(table) === (wanted === 1)) continue;
    await engine.run(
      {
        sql: `ALTER TABLE ${table} MODIFY SETTING
          fsync_after_insert = ${wanted}, fsync_part_directory = ${wanted}`,
        params: {},
      },
      LANE,
    );
  }
}
