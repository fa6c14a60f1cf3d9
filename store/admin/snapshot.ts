import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SNAPSHOT_DIR } from '../clickhouse/embedded-engine.ts';
import type { Engine } from '../clickhouse/engine.ts';

const SNAPSHOT_SECONDS_MAX = 3600;

/**
 * A backup of the whole database in ClickHouse's own form (`RESTORE ALL FROM File(…)` reads it).
 * With a server it lands where the server's `backups.allowed_path` says.
 * @returns its name
 */
export async function takeSnapshot(
  engine: Engine,
  dataDir: string,
  nowMs: number,
): Promise<string> {
  const name = `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}-${randomSuffix()}`;
  mkdirSync(join(dataDir, SNAPSHOT_DIR), { recursive: true });
  const path = engine.kind === 'embedded' ? join(dataDir, SNAPSHOT_DIR, name) : name;
  const database = await engine.readText(
    { sql: 'SELECT currentDatabase() FORMAT TSVRaw', params: {} },
    { lane: 'background' },
  );
  await engine.run(
    {
      sql: `BACKUP DATABASE ${quote(database.trim(), '`')} TO File(${quote(path, "'")}) FORMAT Null`,
      params: {},
    },
    {
      lane: 'background',
      limits: { ...engine.limits, timeSecondsMax: SNAPSHOT_SECONDS_MAX },
    },
  );
  return name;
}

/** BACKUP takes no parameters, neither for the database nor for the file. */
function quote(text: string, mark: "'" | '`'): string {
  return `${mark}${text.replace(/['`\\]/g, (char) => `\\${char}`)}${mark}`;
}

function randomSuffix(): string {
  return Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
