/** DNS questions, with the search list of resolv.conf, as Prometheus asks them. */
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { DnsRecordType } from '../../config/discovery-types.ts';

/** One answer: of A and AAAA an address, else a name. SRV brings a port. */
export interface DnsRecord {
  readonly target: string;
  readonly port: number | undefined;
}

export interface RecordResolver {
  /**
   * An empty list when every server says that there is no such name or record.
   * @throws Error when some question went unanswered
   */
  resolve(name: string, type: DnsRecordType, signal: AbortSignal): Promise<readonly DnsRecord[]>;
}

/** What of resolv.conf(5) matters here. */
export interface ResolverSettings {
  readonly search: readonly string[];
  readonly ndots: number;
}

const RESOLV_CONF = '/etc/resolv.conf';
const NDOTS_DEFAULT = 1;
const TIMEOUT_MS = 2000;
const TRIES = 2;

/** Codes of c-ares for an answer that says: nothing there. */
const NOTHING_THERE: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

export class SystemRecordResolver implements RecordResolver {
  readonly #servers: readonly string[] | undefined;
  readonly #settings: () => Promise<ResolverSettings>;

  /**
   * @param servers `address` or `address:port`; those of the machine when not given
   * @param settings read at each question, since the machine's may change
   */
  constructor(
    servers?: readonly string[],
    settings: () => Promise<ResolverSettings> = readResolvConf,
  ) {
    this.#servers = servers;
    this.#settings = settings;
  }

  async resolve(
    name: string,
    type: DnsRecordType,
    signal: AbortSignal,
  ): Promise<readonly DnsRecord[]> {
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (this.#servers !== undefined) resolver.setServers(this.#servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      let failure: unknown;
      for (const candidate of namesToTry(name, await this.#settings())) {
        try {
          const records = await ask(resolver, candidate, type);
          if (records.length > 0) return records;
        } catch (error) {
          const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
          if (!NOTHING_THERE.has(code)) failure = error;
        }
        if (signal.aborted) break;
      }
      if (failure === undefined) return [];
      throw new Error(
        `could not resolve "${name}": all servers responded with errors to at least one search domain`,
        { cause: failure },
      );
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}

async function ask(
  resolver: Resolver,
  name: string,
  type: DnsRecordType,
): Promise<readonly DnsRecord[]> {
  const plain = (target: string): DnsRecord => ({ target, port: undefined });
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map(plain);
    case 'AAAA':
      return (await resolver.resolve6(name)).map(plain);
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) => plain(exchange));
    case 'NS':
      return (await resolver.resolveNs(name)).map(plain);
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(({ name: target, port }) => ({ target, port }));
    default: {
      const unknown: never = type;
      throw new Error(`unknown record type ${String(unknown)}`);
    }
  }
}

/** The names that resolv.conf makes of one, in the order of asking; all absolute. */
export function namesToTry(name: string, settings: ResolverSettings): readonly string[] {
  if (name.endsWith('.')) return [name];
  const absolute = `${name}.`;
  const searched = settings.search.map((domain) => `${name}.${domain.replace(/\.$/, '')}.`);
  const dots = name.split('.').length - 1;
  return dots >= settings.ndots ? [absolute, ...searched] : [...searched, absolute];
}

async function readResolvConf(): Promise<ResolverSettings> {
  try {
    return parseResolvConf(await readFile(RESOLV_CONF, 'utf8'));
  } catch {
    return { search: [], ndots: NDOTS_DEFAULT };
  }
}

/** `search`, `domain` and `options ndots:n` of resolv.conf(5); the last of each counts. */
export function parseResolvConf(text: string): ResolverSettings {
  let search: readonly string[] = [];
  let ndots = NDOTS_DEFAULT;
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'search') search = words;
    else if (keyword === 'domain') search = words.slice(0, 1);
    else if (keyword === 'options') {
      for (const word of words) {
        const value = /^ndots:(\d+)$/.exec(word)?.[1];
        if (value !== undefined) ndots = Math.min(Number(value), 15);
      }
    }
  }
  return { search, ndots };
}
