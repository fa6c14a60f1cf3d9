/** An API server's /readyz?verbose as series: `[+]etcd ok`, `[-]poststarthook/x failed: …`. */
import type { Page } from '../scrape/fetch-page.ts';
import type { OpenPreparer, PreparedPage } from '../scrape/page-preparer.ts';
import { PageText } from './page-text.ts';

const CHECK = /^\[([+-])\]([^\s:]+)/;

export const openReadyzPreparer: OpenPreparer = () => ({ prepare: readyzPage });

/** @throws Error for what is no report */
function readyzPage({ body }: Page): PreparedPage {
  const text = new PageText();
  let count = 0;
  for (const line of Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString()
    .split('\n')) {
    const [, sign, component] = CHECK.exec(line) ?? [];
    if (component === undefined) continue;
    text.add('gauge', 'wk_apiserver_readyz', [['component', component]], sign === '+' ? 1 : 0);
    count++;
  }
  if (count === 0) throw new Error('/readyz: there are no checks in the answer');
  return { ...text.page(), trustsTimestamps: true, also: [] };
}
