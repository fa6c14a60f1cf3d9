/** Which proxy a request goes through, by the rules of Go's `httpproxy`. */
import { BlockList, isIP } from 'node:net';

/** The part of an HTTP client's settings that says which proxy to take. */
export interface ProxyChoice {
  /** '' means no proxy (unless `proxyFromEnvironment`). */
  readonly proxyUrl: string;
  /** Comma-separated hosts, networks, domains. */
  readonly noProxy: string;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY count. */
  readonly proxyFromEnvironment: boolean;
}

/** The proxy for a URL, or undefined for none. */
export type SelectProxy = (url: URL) => URL | undefined;

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws TypeError for a proxy URL that is none; a checked configuration has none */
export function proxySelection(config: ProxyChoice, env: Environment): SelectProxy {
  if (config.proxyUrl !== '') {
    const proxy = parseProxy(config.proxyUrl);
    // Without exceptions every request is proxied, those to this host too.
    return config.noProxy === '' ? () => proxy : unlessExcepted(config.noProxy, () => proxy);
  }
  if (!config.proxyFromEnvironment) return () => undefined;
  const read = (name: string) => env[name] || env[name.toLowerCase()] || '';
  const forHttp = read('HTTP_PROXY');
  const forHttps = read('HTTPS_PROXY');
  return unlessExcepted(read('NO_PROXY'), (url) => {
    const text = url.protocol === 'https:' ? forHttps : forHttp;
    return text === '' ? undefined : parseProxy(text);
  });
}

function parseProxy(text: string): URL {
  return new URL(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
}

function unlessExcepted(noProxy: string, select: SelectProxy): SelectProxy {
  const exceptions = noProxy
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
    .map(parseException);
  return (url) => {
    const host = hostOf(url);
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    if (isLoopback(host)) return undefined;
    return exceptions.some((excepts) => excepts(host, port)) ? undefined : select(url);
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

type Excepts = (host: string, port: string) => boolean;

function parseException(text: string): Excepts {
  if (text === '*') return () => true;
  const network = /^([0-9a-f.:]+)\/([0-9]{1,3})$/.exec(text);
  if (network !== null) return networkException(network[1] as string, Number(network[2]));
  const [, name, port] = /^\[?(.*?)\]?(?::([0-9]+))?$/.exec(text) ?? [];
  const isAddress = isIP(text) !== 0;
  const host = isAddress ? text : (name as string);
  const onPort = (actual: string) => isAddress || port === undefined || port === actual;
  if (isIP(host) !== 0) return (actual, actualPort) => actual === host && onPort(actualPort);
  // `example.org` excepts itself and what is below; `.example.org` and `*.example.org` the latter.
  const domain = host.startsWith('*.') ? host.slice(1) : host;
  const suffix = domain.startsWith('.') ? domain : `.${domain}`;
  return (actual, actualPort) =>
    (actual.endsWith(suffix) || actual === domain) && onPort(actualPort);
}

function networkException(address: string, prefix: number): Excepts {
  const family = isIP(address);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => {
    const hostFamily = isIP(host);
    return hostFamily !== 0 && list.check(host, hostFamily === 4 ? 'ipv4' : 'ipv6');
  };
}

/** Value of Proxy-Authorization for the user in the proxy's URL. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined;
  const user = decodeURIComponent(proxy.username);
  const password = decodeURIComponent(proxy.password);
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
