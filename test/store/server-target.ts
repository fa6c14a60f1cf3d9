import { createClient } from '@clickhouse/client';
import type { ClickhouseConfig } from '../../config/own-types.ts';
import { Secret } from '../../config/secret.ts';
import { type ClickHouseFront, openClickHouseFront } from '../clickhouse-front.ts';

export interface ServerTarget {
  readonly clickhouse: ClickhouseConfig;
  /** Our own server; undefined when a real one is used. */
  readonly front: ClickHouseFront | undefined;
  close(): Promise<void>;
}

/** A new database on the server that CLICKHOUSE_URL names, else (or when asked) on a front of ours. */
export async function openServerTarget(only?: 'front'): Promise<ServerTarget> {
  const real = only === 'front' ? undefined : process.env['CLICKHOUSE_URL'];
  const front = real === undefined ? await openClickHouseFront() : undefined;
  const url = new URL(real ?? front?.url ?? '');
  const username = front?.username ?? (url.username || 'default');
  const password = front?.password ?? decodeURIComponent(url.password);
  const database = `wk_test_${Date.now()}`;
  url.username = '';
  url.password = '';
  const client = createClient({ url: url.href, username, password });
  await client.command({ query: `CREATE DATABASE ${database}` });
  return {
    front,
    clickhouse: {
      url: url.href,
      database,
      username,
      password: { value: new Secret(password) },
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
      requestTimeoutMs: 30_000,
    },
    close: async () => {
      if (front === undefined) await client.command({ query: `DROP DATABASE ${database}` });
      await client.close();
      await front?.close();
    },
  };
}
