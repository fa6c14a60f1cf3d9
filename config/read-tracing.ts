/** Reads `tracing`. */
import { readTls } from './read-http-client.ts';
import { readHeaders } from './read-remote.ts';
import type { TracingConfig } from './types.ts';
import type { YamlSection } from './yaml-section.ts';

const CLIENT_TYPES = ['grpc', 'http'] as const;
const AUTHORIZATION_PROBLEM = 'custom authorization header configuration is not yet supported';

export function readTracing(root: YamlSection): TracingConfig | undefined {
  const section = root.section('tracing', 'config.plain');
  if (section === undefined) return undefined;
  const endpoint = section.string('endpoint');
  if (endpoint === '') {
    section.problem('endpoint', 'tracing endpoint must be set', 'add endpoint: host:port');
  }
  const config: TracingConfig = {
    clientType: section.choice('client_type', CLIENT_TYPES, 'grpc', (text) => {
      return `expected tracing client type to be to be http or grpc, but got ${text}`;
    }),
    endpoint,
    samplingFraction: section.float('sampling_fraction'),
    insecure: section.boolean('insecure'),
    tls: readTls(section.section('tls_config', 'config.plain')),
    headers: readHeaders(section, AUTHORIZATION_PROBLEM),
    compression: section.choice('compression', ['', 'gzip'] as const, '', (text) => {
      return `invalid compression type ${text} provided, valid options: gzip`;
    }),
    timeoutMs: section.durationMs('timeout'),
  };
  section.finish();
  return config;
}
