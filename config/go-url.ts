/** URLs as Go's `net/url` reads them, which is laxer than the browsers' standard. */
import { quote } from './go-text.ts';

/** A text that is no URL; the message is Go's. */
export class GoUrlError extends Error {
  override readonly name = 'GoUrlError';
}

export interface GoUrl {
  /** In lower case; '' when there is none. */
  readonly scheme: string;
  /** With the port, without user and password. */
  readonly host: string;
}

/** @throws GoUrlError */
export function parseGoUrl(text: string): GoUrl {
  const fail = (why: string): never => {
    throw new GoUrlError(`parse ${quote(text)}: ${why}`);
  };
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\u0000-\u001f\u007f]/.test(text)) fail('net/url: invalid control character in URL');
  if (text.startsWith(':')) fail('missing protocol scheme');
  const scheme = /^([a-zA-Z][a-zA-Z\d+.-]*):/.exec(text)?.[1] ?? '';
  const rest = scheme === '' ? text : text.slice(scheme.length + 1);
  const hierarchical = /^\/\/([^/?#]*)/.exec(rest);
  if (hierarchical === null) {
    if (scheme === '' && /^[^/?#]*:/.test(rest)) {
      fail('first path segment in URL cannot contain colon');
    }
    checkEscapes(rest, fail);
    return { scheme: scheme.toLowerCase(), host: '' };
  }
  const authority = hierarchical[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  checkHost(host, fail);
  checkEscapes(rest.slice(authority.length + 2), fail);
  return { scheme: scheme.toLowerCase(), host };
}

type Fail = (why: string) => never;

function checkHost(host: string, fail: Fail): void {
  if (host.startsWith('[') && !host.includes(']')) fail("missing ']' in host");
  const afterHost = host.startsWith('[') ? host.slice(host.lastIndexOf(']') + 1) : host;
  const colon = afterHost.lastIndexOf(':');
  const port = colon < 0 ? '' : afterHost.slice(colon);
  if (!/^(:\d*)?$/.test(port)) fail(`invalid port ${quote(port)} after host`);
  const bad = /[ "<>\\^`{|}]/.exec(host);
  if (bad !== null) fail(`invalid character ${quote(bad[0])} in host name`);
}

function checkEscapes(path: string, fail: Fail): void {
  const bad = /%(?![\da-fA-F]{2}).{0,2}/.exec(path.replace(/\?[^#]*/, ''));
  if (bad !== null) fail(`invalid URL escape ${quote(bad[0])}`);
}

/** The URL with its password, if it has one, replaced as Go's `URL.Redacted` does. */
export function redactUrl(text: string): string {
  return text.replace(/^([a-zA-Z][a-zA-Z\d+.-]*:\/\/[^/?#:@]*):[^/?#]*@/, '$1:xxxxx@');
}
