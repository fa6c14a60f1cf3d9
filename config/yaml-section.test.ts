import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigErrors } from './config-errors.ts';
import { loadConfig } from './load-config.ts';

let file = '';
beforeAll(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'watchkeeper-yaml-')), 'f.yml');
});
afterAll(() => rm(path.dirname(file), { recursive: true }));

async function problems(text: string | Uint8Array): Promise<string[]> {
  await writeFile(file, text);
  const error: unknown = await loadConfig(file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigErrors);
  return (error as ConfigErrors).problems.map((problem) => problem.message.slice(file.length + 1));
}

describe('places and fixes', () => {
  test.each([
    [
      'global:\n  scrape_intervall: 1m\n',
      '2:3: field scrape_intervall not found in type config.plain (did you mean scrape_interval?)',
    ],
    [
      'global: {sample_limit: -1}',
      '1:24: yaml: unmarshal errors: cannot unmarshal !!int `-1` into uint (expected a whole number from 0)',
    ],
    [
      'global: {scrape_interval: 15}',
      '1:27: not a valid duration string: "15" (write it as 30s, 5m or 1h30m)',
    ],
    [
      'global: []',
      '1:9: yaml: unmarshal errors: cannot unmarshal !!seq into config.plain (expected named fields)',
    ],
    [
      'scrape_configs: {a: 1}',
      '1:17: yaml: unmarshal errors: cannot unmarshal !!map into []*config.ScrapeConfig (expected a list of scrape configs)',
    ],
    [
      'scrape_configs:\n- job_name: [x]\n',
      '2:13: yaml: unmarshal errors: cannot unmarshal !!seq into string (expected one text)',
    ],
    [
      'hello',
      '1:1: yaml: unmarshal errors: cannot unmarshal !!str `hello` into config.plain (expected named fields)',
    ],
    [
      'global: {external_labels: {a: x, a: y}}',
      '1:34: key "a" already set in map (keep one of them)',
    ],
    [
      'rule_files: [a, "x/*/y"]',
      '1:17: invalid rule file path "x/*/y" (only the last part of a path may have a *)',
    ],
    [
      'global: {metric_name_validation_scheme: utf-8}',
      '1:41: unrecognized ValidationScheme: "utf-8" (did you mean utf8?)',
    ],
    ['global: *x', "1:9: yaml: unknown anchor 'x' referenced"],
    ['global: {<<: 5}', '1:14: yaml: map merge requires map or sequence of maps as the value'],
    [
      'remote_write: [{url: "http://a", sigv4: {}}]',
      '1:34: sigv4 is not supported: requests are not signed for clouds (use a proxy that signs, or basic_auth, authorization, oauth2)',
    ],
  ])('%j', async (text, problem) => expect(await problems(text)).toContain(problem));

  test('a name written twice is refused, in sections as in Prometheus', async () => {
    expect(await problems('scrape_configs: []\nscrape_configs: []\n')).toEqual([
      '2:1: field scrape_configs already set in type config.plain (keep one of them)',
    ]);
  });
});

describe('syntax', () => {
  test.each([
    ['a:\n\t- b', '2:1: yaml: Tabs are not allowed as indentation (indent with spaces)'],
    [
      'global: {a: 1',
      '1:14: yaml: Flow map in block collection must be sufficiently indented and end with a } (align it with the lines around it)',
    ],
    [
      'a: b: c',
      '1:4: yaml: Nested mappings are not allowed in compact mappings (quote a value that has a colon in it)',
    ],
    [
      'a: 1\n\u0000',
      '2:1: yaml: control characters are not allowed (the file is not YAML text: is it the right file?)',
    ],
    [
      Buffer.from([0x61, 0x3a, 0xff, 0xfe]),
      '1:1: yaml: invalid leading UTF-8 octet (the file is not UTF-8 text: is it the right file?)',
    ],
    [Buffer.alloc(17 * 1024 * 1024, 0x23), '1:1: file longer than 16777216 bytes (split it)'],
    ['['.repeat(20_000), expect.stringContaining('yaml: nested too deeply')],
  ])('%#', async (text, problem) => expect((await problems(text))[0]).toEqual(problem));

  test('the first of several documents counts', async () => {
    await writeFile(file, 'global: {scrape_interval: 5s}\n---\nfoo: bar\n');
    expect((await loadConfig(file)).global.scrapeIntervalMs).toBe(5000);
  });

  test('a byte order mark is no part of the first name', async () => {
    await writeFile(file, '\ufeffglobal: {scrape_interval: 5s}\n');
    expect((await loadConfig(file)).global.scrapeIntervalMs).toBe(5000);
  });
});

describe('anchors', () => {
  test('an alias stands for its anchor, a merge gives way to what is written', async () => {
    const base = '&base {job_name: a, scheme: https, sample_limit: 3}';
    await writeFile(file, `scrape_configs:\n- ${base}\n- {<<: *base, job_name: b, scheme: http}\n`);
    const { scrapeConfigs } = await loadConfig(file);
    expect(scrapeConfigs[1]).toMatchObject({ jobName: 'b', scheme: 'http', sampleLimit: 3 });
  });

  test('a mapping that merges itself is refused', async () => {
    expect(await problems('global: &a {<<: *a}')).toContain(
      '1:12: yaml: anchor contains itself (merge something else)',
    );
  });

  test('a file whose aliases stand for too much is refused soon', async () => {
    const lists = Array.from({ length: 9 }, (_, depth) => {
      return `l${depth + 1}: &l${depth + 1} {<<: [${Array(9).fill(`*l${depth}`).join(', ')}]}`;
    });
    const text = `l0: &l0 {scheme: http}\n${lists.join('\n')}\nglobal: *l9\n`;
    expect((await problems(text)).at(-1)).toMatch(/more than \d+ values through aliases/);
  });

  test('a section repeated by aliases beyond all measure is refused', async () => {
    const targets = Array.from({ length: 2000 }, (_, index) => `h${index}`).join(', ');
    const jobs = '- *job\n'.repeat(2000);
    const job = `&job {job_name: a, static_configs: [{targets: [${targets}]}]}`;
    expect((await problems(`scrape_configs:\n- ${job}\n${jobs}`)).at(-1)).toMatch(
      /more than \d+ values through aliases/,
    );
  });
});
