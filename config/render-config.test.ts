import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';
import { renderConfig } from './render-config.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'watchkeeper-render-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function render(text: string): Promise<string> {
  const file = path.join(dir, 'a.yml');
  await writeFile(file, text);
  return renderConfig(await loadConfig(file));
}

const EVERYTHING = `
global:
  scrape_interval: 15s
  external_labels: {z: "1", a: "yes"}
  body_size_limit: 15MB
rule_files: [r.yml]
scrape_configs:
- job_name: "on"
  honor_labels: true
  params: {x: ["1", "no"]}
  basic_auth: {username: u, password: s3cret1}
  http_headers: {X-A: {values: [v], secrets: [s3cret2], files: [f]}}
  proxy_url: http://u:s3cret3@proxy
  proxy_connect_header: {a: [s3cret4]}
  relabel_configs:
  - {source_labels: [a, b], regex: "", target_label: c, replacement: "\${1}"}
  - {action: hashmod, source_labels: [a], modulus: 18446744073709551615, target_label: m}
  - {action: labeldrop, regex: "x|y"}
  static_configs: [{targets: [h:1], labels: {l: "null"}}, {targets: []}]
  dns_sd_configs: [{names: [n], type: A, port: 5}]
  file_sd_configs: [{files: [a.json], refresh_interval: 1m30s}]
  http_sd_configs: [{url: "http://x", bearer_token: s3cret5}]
  kubernetes_sd_configs:
  - role: pod
    api_server: https://k:6443
    tls_config: {cert: C, key: s3cret6}
    namespaces: {own_namespace: false, names: [n]}
    selectors: [{role: pod, label: "a in (b)"}]
    attach_metadata: {node: true}
- job_name: b
  oauth2: {client_id: i, client_secret: s3cret7, token_url: "http://t", scopes: [s]}
  scrape_native_histograms: true
  metric_name_validation_scheme: legacy
remote_write: [{url: "http://u:s3cret8@w", headers: {h: v}, authorization: {credentials: s3cret9}}]
remote_read: [{url: "http://r", required_matchers: {a: b}, filter_external_labels: false}]
alerting: {alertmanagers: [{static_configs: [{targets: [m]}], timeout: 3s}]}
storage: {tsdb: {out_of_order_time_window: 1h, retention: {size: 1GB, time: 3d, percentage: 5.5}}}
tracing: {endpoint: "t:1", headers: {a: b}}
otlp: {promote_resource_attributes: [a], convert_histograms_to_nhcb: true}
clusters: [{name: c, api_server: https://k, bearer_token: s3cret10}]
clickhouse: {url: "http://u:s3cret11@h:8123", password: s3cret12}
auth: {tokens: [{name: t, token: s3cret13}], users: [{name: u, password: s3cret14, role: admin}]}
retention: {time: 1y, by_matcher: [{matchers: ['a="b"', "c!~d"], time: 1d}]}
roles: [web, query]
limits: {memory_bytes_max: 512MB}
durability: fsync
`;

describe('renderConfig', () => {
  test('no secret is shown, however the configuration is printed', async () => {
    const file = path.join(dir, 'secrets.yml');
    await writeFile(file, EVERYTHING);
    const config = await loadConfig(file);
    expect(renderConfig(config)).not.toContain('s3cret');
    expect(renderConfig(config).match(/<secret>/g)).toHaveLength(11);
    const json = JSON.stringify({ ...config, alertmanager: {} }, (_key, value: unknown) => {
      return typeof value === 'bigint' ? String(value) : value;
    });
    const urls = /s3cret(?:3|8|11)@/g;
    expect(json.replaceAll(urls, '')).not.toContain('s3cret');
    const inspected = inspect(config.scrapeConfigs, { depth: 20 });
    expect(inspected.replaceAll(urls, '')).not.toContain('s3cret');
  });

  test('what is printed loads again and prints the same', async () => {
    const once = await render(EVERYTHING);
    expect(await render(once)).toBe(once);
  });

  test('the order and the words are Prometheus’', async () => {
    const rendered = await render('scrape_configs: [{job_name: a}]');
    expect(
      rendered.startsWith(`global:
  scrape_interval: 1m
  scrape_timeout: 10s
  evaluation_interval: 1m
  metric_name_validation_scheme: utf8
  metric_name_escaping_scheme: allow-utf-8
  scrape_native_histograms: false
  extra_scrape_metrics: false
runtime:
  gogc: 75
scrape_configs:
- job_name: a
  honor_timestamps: true
  track_timestamps_staleness: false
  scrape_interval: 1m
  scrape_timeout: 10s
`),
    ).toBe(true);
  });

  test('texts that YAML takes for something else are quoted', async () => {
    const once = await render(EVERYTHING);
    expect(once).toContain('job_name: "on"');
    expect(once).toContain('a: "yes"');
    expect(once).toContain('l: "null"');
    expect(once).toContain('modulus: 18446744073709551615');
    expect(once).toContain('source_labels: [a, b]');
  });
});
