/** The web application as it was built: its files, and the page for all of its paths. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';

/** Pages that there are without an object; below `/c/` are those of clusters and what is in them. */
export const PAGE_PATHS: readonly string[] = [
  '/',
  '/explore',
  '/alerts',
  '/rules',
  '/silences',
  '/targets',
  '/cardinality',
  '/status',
  '/clusters',
  '/events',
  '/policies',
  '/policies/new',
  '/c/_all/nodes',
  '/c/_all/workloads',
  '/c/_all/pods',
];

/** Where Prometheus had what we show elsewhere: links in old alerts and runbooks still land. */
const FOREIGN_PATHS: readonly (readonly [string, string])[] = [
  ['/graph', '/explore'],
  ['/query', '/explore'],
  ['/service-discovery', '/targets'],
  ['/tsdb-status', '/cardinality'],
  ['/config', '/status'],
  ['/flags', '/status'],
];

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As the build has compressed it; undefined for what it has not. */
  readonly brotli: Uint8Array<ArrayBuffer> | undefined;
  readonly type: string;
  readonly etag: string;
}

/**
 * @param dir holds `index.html` and `assets`, as the build leaves them
 * @returns undefined when nothing has been built there
 */
export function webAppRoutes(dir: string): Hono | undefined {
  const page = readPage(dir);
  if (page === undefined) return undefined;
  const assets = new Map<string, Asset>();
  const app = new Hono();
  const asset = (c: Context, path: string) => {
    const found = assets.get(path) ?? readAsset(dir, path);
    if (found === undefined) return c.notFound();
    assets.set(path, found);
    return sendAsset(c, found, path.startsWith('assets/'));
  };
  const names = new Set(readdirSync(join(dir, 'assets')));
  app.get('/assets/:name', (c) => {
    const name = c.req.param('name');
    return names.has(name) ? asset(c, `assets/${name}`) : c.notFound();
  });
  app.get('/favicon.svg', (c) => asset(c, 'favicon.svg'));
  for (const path of [...PAGE_PATHS, '/c/*']) app.get(path, (c) => sendPage(c, page, c.req.path));
  for (const [from, to] of FOREIGN_PATHS) {
    app.get(from, (c) => c.redirect(`.${to}${new URL(c.req.url).search}`, 302));
  }
  return app;
}

function readPage(dir: string): string | undefined {
  return readIfThere(join(dir, 'index.html'))?.toString('utf8');
}

/** It may be built anew under a program that runs. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readAsset(dir: string, path: string): Asset | undefined {
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  if (type === undefined) return undefined;
  const file = readIfThere(join(dir, path));
  if (file === undefined) return undefined;
  const bytes = new Uint8Array(file);
  const compressed = readIfThere(join(dir, `${path}.br`));
  const brotli = compressed && new Uint8Array(compressed);
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
  return { bytes, brotli, type, etag };
}

/** @param isHashed its name changes with its contents */
function sendAsset(c: Context, asset: Asset, isHashed: boolean): Response {
  c.header('ETag', asset.etag);
  c.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  c.header('X-Content-Type-Options', 'nosniff');
  if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304);
  c.header('Content-Type', asset.type);
  c.header('Vary', 'Accept-Encoding');
  const takesBrotli = /\bbr\b/.test(c.req.header('accept-encoding') ?? '');
  if (!takesBrotli || asset.brotli === undefined) return c.body(asset.bytes);
  c.header('Content-Encoding', 'br');
  return c.body(asset.brotli);
}

const NONCE_BYTES = 18;

/**
 * Nothing but our own files runs. `nonce` is for the style elements that the component library and
 * the editor make; styles of elements are set by script, which needs no permission.
 */
function sendPage(c: Context, page: string, path: string): Response {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const depth = path.split('/').length - 2;
  const base = depth <= 0 ? './' : '../'.repeat(depth);
  c.header(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "base-uri 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  );
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'same-origin');
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Cross-Origin-Opener-Policy', 'same-origin');
  const head = `<head><base href="${base}"><meta name="wk-nonce" content="${nonce}">`;
  return c.html(page.replace('<head>', head));
}
