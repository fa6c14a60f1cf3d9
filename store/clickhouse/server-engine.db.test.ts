import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickhouseConfig } from '../../config/own-types.ts';
import { Secret } from '../../config/secret.ts';
import { StoreUnavailableError } from '../../model/sink.ts';
import { type ClickHouseFront, openClickHouseFront } from '../../test/clickhouse-front.ts';
import { fixedColumn, stringColumn, textsOf, wordsOf64 } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { IdList } from './bound-query.ts';
import type { Engine } from './engine.ts';
import { openServerEngine } from './server-engine.ts';

let front: ClickHouseFront;
let engine: Engine;

beforeAll(async () => {
  front = await openClickHouseFront();
  engine = await openServerEngine(config());
});
afterAll(async () => {
  await engine.close();
  await front.close();
});

function config(overrides: Partial<ClickhouseConfig> = {}): ClickhouseConfig {
  return {
    url: front.url,
    database: 'default',
    username: front.username,
    password: { value: new Secret(front.password) },
    tls: {
      ca: undefined,
      cert: undefined,
      key: undefined,
      serverName: '',
      insecureSkipVerify: false,
      minVersion: undefined,
      maxVersion: undefined,
    },
    cluster: '',
    requestTimeoutMs: 10_000,
    ...overrides,
  };
}

const interactive = { lane: 'interactive' } as const;

describe('a server by URL', () => {
  test('a text value comes back as it went, whatever characters it has', async () => {
    const text = `a'b\\'c"\n\t\r\\N{x:String}; DROP TABLE t -- ü€😀`;

    const bytes = await engine.read({ sql: 'SELECT {text:String}', params: { text } }, interactive);

    expect(textsOf(stringColumn(readNative(bytes)[0]!, 0))).toEqual([text]);
  });

  test('more ids than fit into a URL go with the text', async () => {
    const words = new Uint32Array(100_000).map((_, at) => 0xffffffff - at);
    const sql = 'SELECT arrayJoin({ids:Array(UInt64)})';

    const bytes = await engine.read({ sql, params: { ids: new IdList(words) } }, interactive);

    expect(wordsOf64(fixedColumn(readNative(bytes)[0]!, 0))).toEqual(words);
  });

  test('an error has its code and kind', async () => {
    await expect(
      engine.read({ sql: 'SELECT nonsense', params: {} }, interactive),
    ).rejects.toMatchObject({ name: 'QueryError', code: 47, kind: 'bad_query' });
  });

  test('a wrong password, and a server that is away, mean unavailable', async () => {
    const stranger = await openServerEngine(config({ password: { value: new Secret('no') } }));
    await expect(
      stranger.run({ sql: 'SELECT 1 FORMAT Null', params: {} }, interactive),
    ).rejects.toThrow(StoreUnavailableError);
    await stranger.close();

    front.isAway = true;
    await expect(
      engine.run({ sql: 'SELECT 1 FORMAT Null', params: {} }, interactive),
    ).rejects.toThrow(StoreUnavailableError);
    front.isAway = false;
    await engine.run({ sql: 'SELECT 1 FORMAT Null', params: {} }, interactive);
  });

  test('a caller who leaves does not wait', async () => {
    const abort = new AbortController();
    const slow = engine.run(
      { sql: 'SELECT sleepEachRow(0.5) FROM numbers(4) FORMAT Null', params: {} },
      { ...interactive, signal: abort.signal },
    );

    abort.abort(new Error('left'));

    await expect(slow).rejects.toThrow('left');
  });
});
