import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import {
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import type { PemSource } from '../../config/http-client-types.ts';
import type { ClickhouseConfig } from '../../config/own-types.ts';
import { readSecret } from '../../config/secret.ts';
import { type BoundQuery, splitParams } from './bound-query.ts';
import {
  type Connection,
  collect,
  Engine,
  type FileInsert,
  type LaneName,
  type PreparedQuery,
  type QueryLimits,
  type Sandbox,
  type SandboxLimits,
  type Transport,
} from './engine.ts';
import { insertFromBody } from './insert-sql.ts';

/** Requests in flight by lane. */
const REQUESTS: Readonly<Record<LaneName, number>> = {
  writer: 2,
  interactive: 8,
  rules: 4,
  background: 2,
};
const MEMORY_BYTES_MAX = 4 * 1024 ** 3;
const QUERY_TEXT_BYTES_MAX = 64 * 1024 * 1024;

/** A ClickHouse server over HTTP. Nothing is asked of it yet. */
export async function openServerEngine(options: ClickhouseConfig): Promise<Engine> {
  const tls = await tlsOptions(options);
  const password = options.password === undefined ? '' : await readSecret(options.password);
  const clients: Connection['client'][] = [];
  const connections = (count: number): Connection[] => {
    const client = createClient({
      url: options.url,
      database: options.database,
      username: options.username,
      password,
      request_timeout: options.requestTimeoutMs,
      max_open_connections: count,
      log: { level: ClickHouseLogLevel.OFF },
      application: 'watchkeeper',
      ...tls,
    });
    clients.push(client);
    return Array.from({ length: count }, () => ({ client, settings: new Map() }));
  };
  return new Engine({
    transport: new ServerTransport(() => {
      const [client] = clients;
      if (client === undefined) throw new Error('no client');
      return client;
    }),
    connections: {
      writer: connections(REQUESTS.writer),
      interactive: connections(REQUESTS.interactive),
      rules: connections(REQUESTS.rules),
      background: connections(REQUESTS.background),
    },
    limits: {
      timeSecondsMax: Math.max(1, Math.ceil(options.requestTimeoutMs / 1000)),
      memoryBytesMax: MEMORY_BYTES_MAX,
    },
  });
}

async function tlsOptions(
  options: ClickhouseConfig,
): Promise<
  Pick<ClickHouseClientConfigOptions, 'http_agent' | 'set_basic_auth_header'> | undefined
> {
  const { tls, url } = options;
  if (!url.startsWith('https:')) return undefined;
  const ca = tls.ca === undefined ? undefined : await readPem(tls.ca);
  const cert = tls.cert === undefined ? undefined : await readPem(tls.cert);
  const key = tls.key === undefined ? undefined : await readSecret(tls.key);
  return {
    http_agent: new Agent({
      keepAlive: true,
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tls.serverName === '' ? {} : { servername: tls.serverName }),
    }),
    set_basic_auth_header: true,
  };
}

async function readPem(source: PemSource): Promise<string> {
  return 'text' in source ? source.text : readFile(source.file, 'utf8');
}

class ServerTransport implements Transport {
  readonly kind = 'server';
  readonly #client: () => Connection['client'];

  constructor(client: () => Connection['client']) {
    this.#client = client;
  }

  prepare(_connection: Connection, query: BoundQuery, limits: QueryLimits): PreparedQuery {
    return {
      ...splitParams(query),
      settings: settingsOf(limits),
      usesSignal: true,
      name: undefined,
    };
  }

  /** The signal closes the connection, and the server stops with it. */
  async cancel(): Promise<void> {}

  async insertFile(connection: Connection, insert: FileInsert, limits: QueryLimits): Promise<void> {
    const result = await connection.client.exec({
      query: insertFromBody(insert),
      values: createReadStream(insert.path, { highWaterMark: 1 << 20 }),
      clickhouse_settings: {
        ...settingsOf(limits),
        insert_deduplicate: 1,
        insert_deduplication_token: insert.token,
        async_insert: 0,
      },
    });
    // Until the body has ended the insert may still fail.
    for await (const _chunk of result.stream);
  }

  async openSandbox(limits: SandboxLimits): Promise<Sandbox> {
    const client = this.#client();
    return {
      readText: async (sql, signal) => {
        const { stream } = await client.exec({
          query: sql,
          abort_signal: signal,
          clickhouse_settings: {
            ...settingsOf(limits),
            max_result_rows: String(Math.floor(limits.rowsMax)),
            result_overflow_mode: 'break',
            output_format_json_quote_64bit_integers: 1,
            output_format_json_quote_denormals: 1,
            readonly: '1',
          },
        });
        return Buffer.from(await collect(stream)).toString('utf8');
      },
      close: async () => undefined,
    };
  }

  async close(): Promise<void> {}
}

function settingsOf(limits: QueryLimits): Record<string, string | number> {
  return {
    max_execution_time: Math.ceil(limits.timeSecondsMax),
    max_memory_usage: String(Math.floor(limits.memoryBytesMax)),
    max_query_size: String(QUERY_TEXT_BYTES_MAX),
    // An error after the first rows would otherwise stand among them.
    wait_end_of_query: 1,
    cancel_http_readonly_queries_on_client_close: 1,
  };
}
