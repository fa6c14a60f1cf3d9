import { describe, expect, test } from 'vitest';
import { proxySelection } from './proxy-selection.ts';

const none = { proxyUrl: '', noProxy: '', proxyFromEnvironment: false };

describe('proxySelection', () => {
  const f = (noProxy: string, url: string, isProxied: boolean) => {
    const select = proxySelection({ ...none, proxyUrl: 'http://proxy:3128', noProxy }, {});
    expect(select(new URL(url))?.host, `${noProxy} ${url}`).toBe(
      isProxied ? 'proxy:3128' : undefined,
    );
  };

  test('without exceptions everything is proxied, this host too', () => {
    f('', 'http://anywhere/', true);
    f('', 'http://localhost/', true);
    f('', 'http://127.0.0.1/', true);
  });

  test('with exceptions, this host is one', () => {
    f('x', 'http://localhost:9090/', false);
    f('x', 'http://127.1.2.3/', false);
    f('x', 'http://[::1]:80/', false);
    f('x', 'http://other/', true);
  });

  test('names cover what is below them; with a leading dot only that', () => {
    f('example.org', 'http://example.org/', false);
    f('example.org', 'http://a.example.org/', false);
    f('example.org', 'http://badexample.org/', true);
    f('.example.org', 'http://example.org/', true);
    f('.example.org', 'http://a.example.org/', false);
    f('*.example.org', 'http://a.example.org/', false);
    f('EXAMPLE.org', 'http://Example.ORG/', false);
  });

  test('addresses, networks, ports, the star, and lists', () => {
    f('10.0.0.1', 'http://10.0.0.1:9100/', false);
    f('10.0.0.1', 'http://10.0.0.2/', true);
    f('10.0.0.0/8', 'http://10.200.1.1/', false);
    f('10.0.0.0/8', 'http://11.0.0.1/', true);
    f('fd00::/8', 'http://[fd12::1]/', false);
    f('10.0.0.0/99', 'http://10.0.0.1/', true);
    f('host:9100', 'http://host:9100/', false);
    f('host:9100', 'http://host:9101/', true);
    f('host:443', 'https://host/', false);
    f('[fd12::1]:80', 'http://[fd12::1]/', false);
    f('*', 'http://anything/', false);
    f(' a , b ,', 'http://b/', false);
  });

  test('the environment names a proxy per scheme, in either case', () => {
    const env = { http_proxy: 'plain:1', HTTPS_PROXY: 'https://secure:2', NO_PROXY: 'inside' };
    const select = proxySelection({ ...none, proxyFromEnvironment: true }, env);

    expect(select(new URL('http://a/'))?.href).toBe('http://plain:1/');
    expect(select(new URL('https://a/'))?.href).toBe('https://secure:2/');
    expect(select(new URL('https://inside/'))).toBeUndefined();
    expect(proxySelection(none, env)(new URL('http://a/'))).toBeUndefined();
  });
});
