/**
 * Serves `/t/<n>/metrics` for many targets on one port. A process of its own, so that its work
 * is not counted. Arguments: targets, series a target, churn a minute. Prints the port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TargetPage } from './target-pages.ts';

const [targets = '50', seriesCount = '2000', churnPerMinute = '0'] = process.argv.slice(2);
const pages = Array.from(
  { length: Number(targets) },
  (_, target) =>
    new TargetPage({
      target,
      seriesCount: Number(seriesCount),
      churnPerMinute: Number(churnPerMinute),
    }),
);

const server = createServer((request, response) => {
  const page = pages[Number(/^\/t\/(\d+)\/metrics/.exec(request.url ?? '')?.[1] ?? -1)];
  if (page === undefined) {
    response.writeHead(404).end();
    return;
  }
  const body = Buffer.from(page.render(Date.now()), 'latin1');
  response.writeHead(200, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit(0));
