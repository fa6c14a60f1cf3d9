import { describe, expect, test } from 'vitest';
import { expandEnv } from './expand-env.ts';
import { decodeKeepingBytes, quote } from './go-text.ts';
import { GoUrlError, parseGoUrl, redactUrl } from './go-url.ts';
import { nearestName } from './nearest-name.ts';

describe('texts as Go has them', () => {
  test('bytes that are no UTF-8 are quoted as \\x', () => {
    expect(quote(decodeKeepingBytes(Buffer.from([0x61, 0xff, 0xc3, 0xa4, 0xe2, 0x82])))).toBe(
      '"a\\xffä\\xe2\\x82"',
    );
  });

  test.each([
    ['$A', '1'],
    ['${A}b', '1b'],
    ['x$$', 'x$'],
    ['$', '$'],
    ['a$ b', 'a$ b'],
    ['${}', ''],
    ['${A', 'A'],
    ['$MISSING.', '.'],
    ['$1a', 'a'],
  ])('%s expands to %s', (text, expanded) => {
    expect(expandEnv(text, (name) => (name === 'A' ? '1' : ''))).toBe(expanded);
  });
});

describe('URLs as Go has them', () => {
  test.each([
    ['https://localhost:1234/x', 'https', 'localhost:1234'],
    ['http://u:p@host', 'http', 'host'],
    ['kubernetes:443', 'kubernetes', ''],
    ['/path', '', ''],
    ['http://[::1]:80/', 'http', '[::1]:80'],
    ['HTTP://x', 'http', 'x'],
  ])('%s has scheme %s and host %s', (text, scheme, host) => {
    expect(parseGoUrl(text)).toEqual({ scheme, host });
  });

  test.each([
    [':x', 'parse ":x": missing protocol scheme'],
    ['a b:c', 'parse "a b:c": first path segment in URL cannot contain colon'],
    ['http://h:x/', 'parse "http://h:x/": invalid port ":x" after host'],
    ['http://[::1', 'parse "http://[::1": missing \']\' in host'],
    ['http://a b/', 'parse "http://a b/": invalid character " " in host name'],
    ['http://h/%zz', 'parse "http://h/%zz": invalid URL escape "%zz"'],
    ['http://h/\n', 'parse "http://h/\\n": net/url: invalid control character in URL'],
  ])('%s is refused', (text, message) => {
    expect(() => parseGoUrl(text)).toThrow(new GoUrlError(message));
  });

  test('a password in a URL is not shown', () => {
    expect(redactUrl('https://u:s3cret@h/p')).toBe('https://u:xxxxx@h/p');
    expect(redactUrl('https://u:a@b:c@h/p')).toBe('https://u:xxxxx@h/p');
    expect(redactUrl('https://h/p?a:b@c')).toBe('https://h/p?a:b@c');
  });
});

describe('nearestName', () => {
  const known = ['scrape_interval', 'scrape_timeout', 'job_name', 'scheme'];

  test.each([
    ['scrape_intervall', 'scrape_interval'],
    ['sheme', 'scheme'],
    ['job-name', 'job_name'],
    ['jbo_name', 'job_name'],
    ['job', 'job_name'],
    ['scrape', undefined],
    ['whatever', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('%s was meant as %s', (name, meant) => expect(nearestName(name, known)).toBe(meant));
});
