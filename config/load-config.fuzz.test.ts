import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaceError } from '../model/place-error.ts';
import { ConfigErrors } from './config-errors.ts';
import { loadConfig } from './load-config.ts';
import { renderConfig } from './render-config.ts';

const SEED_TEXT = `
global: &g
  scrape_interval: 15s
  external_labels: {a: b, c: "\${D}"}
  body_size_limit: 15MB
rule_files: ["x/*.yml"]
scrape_configs:
  - job_name: a
    scrape_protocols: [PrometheusProto, PrometheusText0.0.4]
    params: {m: [a, b]}
    basic_auth: {username: u, password_file: p}
    tls_config: {cert_file: c, key_file: k, min_version: TLS12}
    relabel_configs:
      - {source_labels: [a], regex: "(.*)x", target_label: b, replacement: $1}
      - {action: hashmod, modulus: 8, source_labels: [a], target_label: t}
    static_configs: [{targets: ["h:1"], labels: {x: y}}]
    kubernetes_sd_configs:
      - {role: pod, namespaces: {names: [a]}, selectors: [{role: pod, field: a=b, label: x in (y)}]}
    dns_sd_configs: [{names: [a], type: A, port: 1}]
  - {<<: *g, job_name: !!binary "Yg==", http_sd_configs: [{url: "http://x"}]}
remote_write: [{url: "http://a", queue_config: {capacity: 5, max_backoff: 1m}}]
otlp: {promote_resource_attributes: [a, b]}
storage: {tsdb: {retention: {time: 1d, size: 1GB, percentage: 5}}}
tracing: {endpoint: "a:1"}
route:
  receiver: x
  group_by: ['...']
  routes:
    - {matchers: ['a="b"', 'c=~"d.*"'], match_re: {e: f}, mute_time_intervals: [n], group_wait: 1s}
receivers:
  - name: x
    webhook_configs: [{url: "http://a/{{ .Status }}", payload: {a: [1, "{{ .b }}"]}, timeout: 5s}]
    email_configs: [{to: a@b, from: c@d, smarthost: "h:25", headers: {Subject: s}}]
    slack_configs: [{api_url: "http://a", fields: [{title: t, value: v}], actions: [{type: a, text: b, url: c}]}]
    pagerduty_configs: [{routing_key: k, details: {a: {b: 1}}, links: [{href: a}]}]
    jira_configs: [{api_url: "http://a", project: p, issue_type: t, summary: {template: s}}]
inhibit_rules: [{source_matchers: [a=b], target_match: {c: d}, equal: [e]}]
time_intervals:
  - name: n
    time_intervals:
      - {times: [{start_time: "09:00", end_time: "17:00"}], weekdays: ["monday:friday"], months: [may], location: UTC}
clickhouse: {url: "http://h:8123"}
retention: {by_matcher: [{matchers: ['a="b"'], time: 1d}]}
limits: {series_max: 5}
`;

/** Pieces that YAML and the fields give a meaning to. */
const PIECES = [
  '[ ] { } : , " \' | > # &g *g ~ null <<: ? % @ -1 1e999 0x .nan -.inf 5s 99999999y \\ $ ( *',
  '!!binary !!int !!map 18446744073709551616 scrape_configs job_name roles auth __proto__',
]
  .join(' ')
  .split(' ')
  .concat(['- ', '\n', '  ', '\t', '&g ', '<<: ', '---\n', '\u0000', '\ufeff', 'é', '\ud83d']);

let file = '';
beforeAll(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'watchkeeper-fuzz-')), 'f.yml');
});
afterAll(() => rm(path.dirname(file), { recursive: true }));

/** Loads or is refused with places inside the file; what loads can be shown. */
async function judge(content: string | Uint8Array): Promise<void> {
  await writeFile(file, content);
  try {
    expect(renderConfig(await loadConfig(file))).toContain('global:');
  } catch (error) {
    if (!(error instanceof ConfigErrors)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const problem of error.problems) {
      expect(problem).toBeInstanceOf(PlaceError);
      expect(problem.place.line).toBeGreaterThan(0);
      expect(problem.place.column).toBeGreaterThan(0);
      expect(problem.place.file).toBe(file);
    }
  }
}

describe('whatever the file, it loads or is refused with ConfigErrors', () => {
  test('the seed itself has only the problem that it is made to have', async () => {
    await writeFile(file, SEED_TEXT.replace('<<: *g, ', ''));
    expect((await loadConfig(file)).scrapeConfigs.map((job) => job.jobName)).toEqual(['a', 'b']);
  });

  test('pieces put in, texts cut out', async () => {
    const edit = fc.record({
      at: fc.nat(SEED_TEXT.length),
      cut: fc.nat(20),
      put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8, unit: 'binary' })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let text = SEED_TEXT;
        for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
        await judge(text);
      }),
      { numRuns: 250 },
    );
  });

  test('files written half', async () => {
    for (let length = 0; length < SEED_TEXT.length; length += 13) {
      await judge(SEED_TEXT.slice(0, length));
    }
  });

  test('bytes of any kind', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), judge), { numRuns: 200 });
  });

  test('values of any type in any field', async () => {
    const value = fc.constantFrom('5', 'x', '[]', '{}', '[x]', '{a: b}', '~', '[~]', '{a: ~}');
    const field = /(\w+): *("[^"]*"|[^\s,[\]{}]+|(?=[[{]))/g;
    const fields = [...SEED_TEXT.matchAll(field)];
    await fc.assert(
      fc.asyncProperty(fc.nat(fields.length - 1), value, async (index, put) => {
        const match = fields[index] as RegExpExecArray;
        const end = match.index + match[0].length;
        const rest = match[2] === '' ? skipBrackets(SEED_TEXT, end) : SEED_TEXT.slice(end);
        await judge(`${SEED_TEXT.slice(0, match.index)}${match[1]}: ${put}${rest}`);
      }),
      { numRuns: 150 },
    );
  });
});

function skipBrackets(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if ('[{'.includes(text[at] ?? '')) depth++;
    if (']}'.includes(text[at] ?? '') && --depth === 0) return text.slice(at + 1);
  }
  return '';
}
