/** The formats a scrape may ask for. */
import type { ScrapeProtocol } from './types.ts';
import type { YamlSection } from './yaml-section.ts';

/** In the order in which Prometheus lists them in its errors. */
const SCRAPE_PROTOCOLS: readonly ScrapeProtocol[] = [
  'OpenMetricsText0.0.1',
  'OpenMetricsText1.0.0',
  'PrometheusProto',
  'PrometheusText0.0.4',
  'PrometheusText1.0.0',
];

/** Most wanted first. */
export const TEXT_SCRAPE_PROTOCOLS: readonly ScrapeProtocol[] = [
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
];

/** What is asked for when native histograms are wanted, which only this protocol carries. */
export const PROTO_SCRAPE_PROTOCOLS: readonly ScrapeProtocol[] = [
  'PrometheusProto',
  ...TEXT_SCRAPE_PROTOCOLS,
];

/**
 * The field `scrape_protocols`; undefined when absent.
 * @param where ends the problems: ` for global config` and the like
 */
export function readScrapeProtocols(
  section: YamlSection,
  where: string,
): readonly ScrapeProtocol[] | undefined {
  const written = section.optionalStrings('scrape_protocols');
  if (written === undefined) return undefined;
  const name = 'scrape_protocols';
  if (written.length === 0) section.problem(name, `scrape_protocols cannot be empty${where}`);
  const known: ScrapeProtocol[] = [];
  for (const text of written) {
    const found = SCRAPE_PROTOCOLS.find((protocol) => protocol === text);
    if (known.some((protocol) => protocol.toLowerCase() === text.toLowerCase())) {
      const list = `[${written.join(' ')}]`;
      section.problem(name, `duplicated protocol in scrape_protocols, got ${list}${where}`);
    } else if (found === undefined) {
      section.problem(name, `scrape_protocols: ${unknownProtocol(text)}${where}`);
    } else {
      known.push(found);
    }
  }
  return known;
}

/** The field `fallback_scrape_protocol`; '' when absent. */
export function readFallbackProtocol(section: YamlSection, jobName: string): ScrapeProtocol | '' {
  const known: readonly (ScrapeProtocol | '')[] = ['', ...SCRAPE_PROTOCOLS];
  return section.choice('fallback_scrape_protocol', known, '', (text) => {
    const where = `invalid fallback_scrape_protocol for scrape config with job name "${jobName}"`;
    return `${where}: ${unknownProtocol(text)}`;
  });
}

function unknownProtocol(text: string): string {
  return `unknown scrape protocol ${text}, supported: [${SCRAPE_PROTOCOLS.join(' ')}]`;
}
