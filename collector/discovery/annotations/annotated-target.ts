/** What the annotations `prometheus.io/…` of a Pod or Service ask for. */
import { joinHostPort } from '../../../model/host-port.ts';
import { Labels } from '../../../model/labels.ts';

const PREFIX = 'prometheus.io/';
/** Ports that are taken for metrics by their names, most wanted first. */
const PORT_NAMES = ['metrics', 'http-metrics', 'prometheus'];
const SLOW_INTERVAL = '5m';
const PARAM = /^param[-_](.+)$/;

export interface ScrapeWish {
  readonly port: number | undefined;
  /** Labels such as `__metrics_path__`, name, value, … */
  readonly settings: readonly string[];
}

export interface DeclaredPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string | undefined;
  /** '' where it is not known. */
  readonly container: string;
}

/** Undefined when nothing is asked for. */
export function readWish(
  annotations: Readonly<Record<string, string>> | undefined,
): ScrapeWish | undefined {
  const get = (name: string): string => annotations?.[PREFIX + name] ?? '';
  const isSlow = get('scrape_slow') === 'true';
  if (get('scrape') !== 'true' && !isSlow) return undefined;
  const settings: string[] = [];
  if (get('path') !== '') settings.push('__metrics_path__', get('path'));
  if (/^https?$/.test(get('scheme'))) settings.push('__scheme__', get('scheme'));
  if (isSlow) settings.push('__scrape_interval__', SLOW_INTERVAL);
  for (const [name, value] of Object.entries(annotations ?? {})) {
    if (!name.startsWith(PREFIX)) continue;
    const param = PARAM.exec(name.slice(PREFIX.length))?.[1];
    if (param !== undefined) settings.push(`__param_${param.replaceAll(/\W/g, '_')}`, value);
  }
  return { port: /^\d{1,5}$/.test(get('port')) ? Number(get('port')) : undefined, settings };
}

/**
 * The one port that is scraped: the one asked for, else one named for metrics, else the lowest.
 * Undefined when none is declared: the scheme's own port is tried then, as Prometheus does.
 */
export function choosePort(
  wish: ScrapeWish,
  declared: readonly DeclaredPort[],
): DeclaredPort | undefined {
  const ports = declared.filter(({ protocol }) => protocol === undefined || protocol === 'TCP');
  if (wish.port !== undefined) {
    const plain = { name: undefined, number: wish.port, protocol: 'TCP', container: '' };
    return ports.find(({ number }) => number === wish.port) ?? plain;
  }
  for (const name of PORT_NAMES) {
    const named = ports.find((port) => port.name === name);
    if (named !== undefined) return named;
  }
  return ports.toSorted((a, b) => a.number - b.number)[0];
}

/** @param labels name, value, … of the target's own labels; empty ones are left out */
export function annotatedTarget(
  host: string,
  port: DeclaredPort | undefined,
  wish: ScrapeWish,
  labels: readonly string[],
): Labels {
  const address =
    port === undefined ? bracketed(host) : joinHostPort({ host, port: String(port.number) });
  const container = port?.container ?? '';
  return Labels.fromPairs([
    '__address__',
    address,
    ...wish.settings,
    ...labels,
    'container',
    container,
  ]);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
