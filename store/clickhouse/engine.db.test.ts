import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../model/sink.ts';
import {
  fixedColumn,
  floatsOf,
  stringColumn,
  textsOf,
  wordsOf64,
} from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { bytesOf, int64Bytes, writeNativeBlock } from '../native/write-native.ts';
import { IdList } from './bound-query.ts';
import { openEmbeddedEngine } from './embedded-engine.ts';
import type { Engine } from './engine.ts';
import { mapEngineError, QueryError } from './engine-error.ts';

const dir = mkdtempSync(join(tmpdir(), 'wk-engine-'));
let engine: Engine;

beforeAll(async () => {
  engine = await openEmbeddedEngine({ dataDir: dir, memoryBytesMax: 2e9 });
});
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

const interactive = { lane: 'interactive' } as const;

describe('Engine', () => {
  test('a text value comes back as it went, whatever characters it has', async () => {
    const text = `a'b\\'c"\n\t\r\0\\N{x:String}; DROP TABLE t -- ü€😀`;

    const bytes = await engine.read({ sql: 'SELECT {text:String}', params: { text } }, interactive);

    const [block] = readNative(bytes);
    expect(textsOf(stringColumn(block!, 0))).toEqual([text]);
  });

  test('ids above 2^53 are exact', async () => {
    const words = Uint32Array.of(0xffffffff, 0xffffffff, 1, 0, 7, 0x00200000);
    const sql = 'SELECT arrayJoin({ids:Array(UInt64)})';

    const bytes = await engine.read({ sql, params: { ids: new IdList(words) } }, interactive);

    expect([...wordsOf64(fixedColumn(readNative(bytes)[0]!, 0))]).toEqual([...words]);
  });

  test('lanes run at the same time, each with its own values', async () => {
    const lanes = ['writer', 'interactive', 'rules', 'background'] as const;
    const asked = Array.from({ length: 80 }, (_, n) => n);

    const answers = await Promise.all(
      asked.map((n) =>
        engine.readText(
          { sql: 'SELECT {n:UInt32} FORMAT TSV', params: { n } },
          { lane: lanes[n % lanes.length]! },
        ),
      ),
    );

    expect(answers.map(Number)).toEqual(asked);
  });

  test('an error has its code and kind, and the engine goes on', async () => {
    const error = await engine
      .read({ sql: 'SELECT nonsense', params: {} }, interactive)
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ code: 47, kind: 'bad_query' });
    expect(await engine.readText({ sql: 'SELECT 1 FORMAT TSV', params: {} }, interactive)).toBe(
      '1\n',
    );
  });

  test('a query above its memory limit fails, the next one does not', async () => {
    const heavy = 'SELECT groupArray(number) FROM numbers(100000000) FORMAT Null';
    const limits = { timeSecondsMax: 60, memoryBytesMax: 20e6 };

    const error = await engine
      .run({ sql: heavy, params: {} }, { ...interactive, limits })
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({ kind: 'memory' });
    await engine.run({ sql: 'SELECT 1 FORMAT Null', params: {} }, interactive);
  });

  test('a query is stopped in the engine when its caller leaves', async () => {
    const abort = new AbortController();
    const slow = engine.run(
      {
        sql: 'SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sin(number)) FORMAT Null',
        params: {},
      },
      { ...interactive, signal: abort.signal },
    );
    await waitFor(async () => (await runningSlowQueries()) === 1);

    abort.abort(new Error('left'));

    await expect(slow).rejects.toThrow('left');
    await waitFor(async () => (await runningSlowQueries()) === 0);
  });

  test('a file of Native blocks becomes rows, once for the same token', async () => {
    await engine.run(
      {
        sql: `CREATE TABLE t (id UInt64, value Float64) ENGINE = MergeTree ORDER BY id
          SETTINGS non_replicated_deduplication_window = 100`,
        params: {},
      },
      interactive,
    );
    const columns = [
      { name: 'id', type: 'UInt64' },
      { name: 'value', type: 'Float64' },
    ];
    const words = Uint32Array.of(2, 0x7ff00000, 1, 0x7ff80000);
    const data = [[int64Bytes([5, 6])], [bytesOf(words)]];
    const block = writeNativeBlock(
      2,
      columns.map((column, at) => ({ ...column, data: data[at]! })),
    );
    const path = join(dir, `it's a file.native`);
    writeFileSync(path, Buffer.concat([...block, ...block]));

    const insert = { table: 't', columns, path, token: 'one' };
    await engine.insertFile(insert, { lane: 'writer' });
    await engine.insertFile(insert, { lane: 'writer' });

    const sql = 'SELECT value FROM t ORDER BY id';
    const [first] = readNative(await engine.read({ sql, params: {} }, interactive));
    const values = floatsOf(fixedColumn(first!, 0));
    expect([...new Uint32Array(values.buffer)]).toEqual([
      ...words.slice(0, 2),
      ...words.slice(0, 2),
      ...words.slice(2),
      ...words.slice(2),
    ]);
  });

  test('a second process on the directory is refused, and told by whom', async () => {
    await expect(openEmbeddedEngine({ dataDir: dir, memoryBytesMax: 1e9 })).rejects.toThrow(
      `data directory ${dir} is in use by process ${process.pid}`,
    );
  });
});

describe('mapEngineError', () => {
  test('a connection that fails means the store is unavailable', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

    expect(mapEngineError(refused)).toBeInstanceOf(StoreUnavailableError);
    expect(mapEngineError(new Error('Code: 243. DB::Exception: no space'))).toBeInstanceOf(
      StoreUnavailableError,
    );
  });
});

async function runningSlowQueries(): Promise<number> {
  const sql = `SELECT count() FROM system.processes WHERE query LIKE '%numbers(100000000000)%'
    AND query NOT LIKE '%system.processes%' AND NOT is_cancelled FORMAT TSV`;
  return Number(await engine.readText({ sql, params: {} }, { lane: 'rules' }));
}

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('did not happen in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
