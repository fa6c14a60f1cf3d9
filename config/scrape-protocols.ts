/** The formats a scrape may ask for. */
import { nearestName } from './nearest-name.ts';
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
  const items = section.textItems('scrape_protocols');
  if (items === undefined) return undefined;
  if (items.length === 0) {
    section.problem('scrape_protocols', `scrape_protocols cannot be empty${where}`, 'remove it');
  }
  const { reader } = section;
  const known: ScrapeProtocol[] = [];
  for (const { text, node } of items) {
    const found = SCRAPE_PROTOCOLS.find((protocol) => protocol === text);
    if (known.some((protocol) => protocol.toLowerCase() === text.toLowerCase())) {
      const list = `[${items.map((item) => item.text).join(' ')}]`;
      const problem = `duplicated protocol in scrape_protocols, got ${list}${where}`;
      reader.addProblem(node, problem, 'remove it');
    } else if (found === undefined) {
      const near = nearestName(text, SCRAPE_PROTOCOLS);
      const fix = near === undefined ? '' : `did you mean ${near}?`;
      reader.addProblem(node, `scrape_protocols: ${unknownProtocol(text)}${where}`, fix);
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
