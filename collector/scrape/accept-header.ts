/** What we say we can read. */
import type { NameEscapingScheme, ScrapeProtocol } from '../../config/types.ts';

const MEDIA_TYPE: Readonly<Record<ScrapeProtocol, string>> = {
  PrometheusProto:
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
};

/** Only these know how to escape names. */
const WITH_ESCAPING: ReadonlySet<ScrapeProtocol> = new Set([
  'PrometheusText1.0.0',
  'OpenMetricsText1.0.0',
]);

/** Of the first protocol, in tenths: one more than there are protocols. */
const FIRST_WEIGHT = Object.keys(MEDIA_TYPE).length + 1;

/** The header as Prometheus builds it: weights fall by a tenth, anything comes last. */
export function acceptHeader(
  protocols: readonly ScrapeProtocol[],
  escaping: NameEscapingScheme,
): string {
  const weighted = (value: string, index: number) => `${value};q=0.${FIRST_WEIGHT - index}`;
  const parts = protocols.map((protocol, index) => {
    const suffix = WITH_ESCAPING.has(protocol) ? `;escaping=${escaping}` : '';
    return weighted(MEDIA_TYPE[protocol] + suffix, index);
  });
  return [...parts, weighted('*/*', protocols.length)].join(',');
}

/** The media type that a page without a usable Content-Type is taken for; '' for none. */
export function fallbackMediaType(protocol: ScrapeProtocol | ''): string {
  return protocol === '' ? '' : (MEDIA_TYPE[protocol].split(';')[0] as string);
}
