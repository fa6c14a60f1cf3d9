/** Traces of requests and queries, sent by OTLP when the configuration or the environment says where. */

export interface Tracing {
  shutdown(): Promise<void>;
}

const NO_TRACING: Tracing = { shutdown: async () => undefined };

/**
 * @param endpoint of `tracing` in the configuration, `host:port`; '' leaves it to the standard
 *   `OTEL_EXPORTER_OTLP_ENDPOINT`. Without either nothing is loaded.
 */
export async function startTracing(endpoint: string, isInsecure: boolean): Promise<Tracing> {
  const fromEnv =
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (endpoint === '' && fromEnv === undefined) return NO_TRACING;
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const url = `${isInsecure ? 'http' : 'https'}://${endpoint}/v1/traces`;
  const sdk = new NodeSDK({
    serviceName: 'watchkeeper',
    traceExporter: new OTLPTraceExporter(endpoint === '' ? {} : { url }),
    instrumentations: [],
  });
  sdk.start();
  return { shutdown: () => sdk.shutdown() };
}
