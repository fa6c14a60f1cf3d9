import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedEngine } from '../clickhouse/embedded-engine.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { migrate, SchemaTooNewError } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { TABLES } from './table-columns.ts';

let dir: string;
let engine: Engine;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wk-migrate-'));
  engine = await openEmbeddedEngine({ dataDir: dir, memoryBytesMax: 1e9 });
});
afterEach(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

const LANE = { lane: 'writer' } as const;
const versions = MIGRATIONS.map((migration) => migration.version);

describe('migrate', () => {
  test.each([0, ...versions])(
    'from version %i the newest schema comes out, with the data',
    async (from) => {
      await migrate(engine, MIGRATIONS.slice(0, versions.indexOf(from) + 1));
      if (from > 0) {
        const sql = 'INSERT INTO samples SELECT 1, toDateTime64(number, 3), number FROM numbers(5)';
        await engine.run({ sql, params: {} }, LANE);
      }

      const applied = await migrate(engine);

      expect(applied).toEqual(versions.filter((version) => version > from));
      expect(await migrate(engine)).toEqual([]);
      for (const { table, columns } of Object.values(TABLES)) {
        const text = await engine.readText(
          {
            sql: `SELECT name, replaceRegexpOne(type, '^LowCardinality\\\\((.*)\\\\)$', '\\\\1') AS type
              FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
              FORMAT JSONEachRow`,
            params: { table },
          },
          LANE,
        );
        const found = text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown);
        expect(found, table).toEqual(columns);
      }
      const count = await engine.readText(
        { sql: 'SELECT count() FROM samples FORMAT TSV', params: {} },
        LANE,
      );
      expect(Number(count)).toBe(from > 0 ? 5 : 0);
    },
  );

  test('versions ascend, each once', () => {
    expect(versions).toEqual(versions.map((_, at) => at + 1));
  });

  test('a step that was interrupted runs again', async () => {
    const [first] = MIGRATIONS;
    const half = { ...first!, statements: [...first!.statements.slice(0, 3), 'SELECT nonsense'] };
    await expect(migrate(engine, [half])).rejects.toThrow();

    expect(await migrate(engine)).toEqual(versions);
  });

  test('data of a newer version are refused, and told why', async () => {
    const future = { version: 99, name: 'from-the-future', statements: [] };
    await migrate(engine, [...MIGRATIONS, future]);

    await expect(migrate(engine)).rejects.toThrow(SchemaTooNewError);
    await expect(migrate(engine)).rejects.toThrow('99 (from-the-future)');
  });
});
