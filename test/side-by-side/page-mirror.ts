/**
 * Serves copies of exporters' pages that change once an interval. Two scrapers of an exporter see
 * two pages; two scrapers of a copy see the same one, so every value must be equal.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exporter } from './exporters.ts';

/** Says which page a scrape got. */
export const PAGE_METRIC = 'side_by_side_page';

const FETCH_WITHIN_MS = 4000;

export interface PageMirror {
  /** The copy of a job's page is at `/<job>`. */
  readonly address: string;
  stop(): Promise<void>;
}

export async function startPageMirror(
  exporters: readonly Exporter[],
  intervalMs: number,
): Promise<PageMirror> {
  const pages = new Map<string, string>();
  let pageNumber = 0;
  const renew = async (): Promise<void> => {
    pageNumber++;
    const number = pageNumber;
    await Promise.all(
      exporters.map(async ({ job, address }) => {
        const page = await fetchPage(`http://${address}/metrics`);
        // An exporter that does not answer leaves its old page: both scrapers see it again.
        if (page !== undefined) pages.set(`/${job}`, `${page}${PAGE_METRIC} ${number}\n`);
      }),
    );
  };
  await renew();
  const timer = setInterval(() => void renew(), intervalMs);
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
    response.end(page ?? 'no such page\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function fetchPage(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/plain; version=0.0.4' },
      signal: AbortSignal.timeout(FETCH_WITHIN_MS),
    });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
