/** The `clickhouse` section as the store takes it. */
import type { PemSource } from '../config/http-client-types.ts';
import type { ClickhouseConfig } from '../config/own-types.ts';
import { readSecret, type SecretSource } from '../config/secret.ts';
import type { ServerOptions } from '../store/clickhouse/server-engine.ts';
import { UsageError } from './flags.ts';

/** @throws Error when the password file cannot be read */
export async function serverOptions(config: ClickhouseConfig): Promise<ServerOptions> {
  const { url, database, username, password, requestTimeoutMs, tls } = config;
  const caFile = fileOf(tls.ca, 'clickhouse.tls_config.ca');
  const certFile = fileOf(tls.cert, 'clickhouse.tls_config.cert');
  const keyFile = fileOf(tls.key, 'clickhouse.tls_config.key');
  return {
    url,
    database,
    username,
    password: password === undefined ? '' : await readSecret(password),
    requestTimeoutMs,
    tls: {
      ...(caFile === undefined ? {} : { caFile }),
      ...(certFile === undefined ? {} : { certFile }),
      ...(keyFile === undefined ? {} : { keyFile }),
      ...(tls.serverName === '' ? {} : { serverName: tls.serverName }),
      insecureSkipVerify: tls.insecureSkipVerify,
    },
  };
}

function fileOf(source: PemSource | SecretSource | undefined, name: string): string | undefined {
  if (source === undefined) return undefined;
  if ('file' in source) return source.file;
  throw new UsageError(`${name}: not supported as text for ClickHouse; write it to a file`);
}
