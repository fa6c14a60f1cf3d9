import type { Engine } from '../clickhouse/engine.ts';
import { fixedColumn, stringColumn, textsOf, uint32Of } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';

/** The data were written by a newer version, whose schema we do not know. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
}

const LANE = { lane: 'writer' } as const;

/**
 * Brings the schema to the newest version, step by step. A step is noted when it is done; one that
 * a crash has interrupted runs again.
 * @returns versions that were applied now
 * @throws SchemaTooNewError, QueryError, StoreUnavailableError
 */
export async function migrate(
  engine: Engine,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly number[]> {
  await engine.run(
    {
      sql: `CREATE TABLE IF NOT EXISTS schema_migrations (
        version UInt32,
        name String,
        applied DateTime64(3, 'UTC') DEFAULT now64(3)
      ) ENGINE = ReplacingMergeTree ORDER BY version`,
      params: {},
    },
    LANE,
  );
  const known = await appliedVersions(engine);
  const newest = migrations.at(-1)?.version ?? 0;
  const unknown = [...known].filter(([version]) => version > newest);
  if (unknown.length > 0) {
    const names = unknown.map(([version, name]) => `${version} (${name})`).join(', ');
    throw new SchemaTooNewError(
      `the data have schema ${names}, this program knows up to ${newest}: use a newer version`,
    );
  }
  const applied: number[] = [];
  for (const { version, name, statements } of migrations) {
    if (known.has(version)) continue;
    for (const sql of statements) await engine.run({ sql, params: {} }, LANE);
    await engine.run(
      {
        sql: 'INSERT INTO schema_migrations (version, name) SELECT {version:UInt32}, {name:String}',
        params: { version, name },
      },
      LANE,
    );
    applied.push(version);
  }
  return applied;
}

async function appliedVersions(engine: Engine): Promise<ReadonlyMap<number, string>> {
  const sql = 'SELECT version, name FROM schema_migrations ORDER BY version';
  const versions = new Map<number, string>();
  for (const block of readNative(await engine.read({ sql, params: {} }, LANE))) {
    const names = textsOf(stringColumn(block, 1));
    uint32Of(fixedColumn(block, 0)).forEach((version, at) => {
      versions.set(version, names[at] ?? '');
    });
  }
  return versions;
}
