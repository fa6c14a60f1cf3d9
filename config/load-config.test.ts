import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_COLLECTION } from './collection-types.ts';
import { ConfigErrors } from './config-errors.ts';
import { type LoadOptions, loadConfig } from './load-config.ts';
import { readSecret } from './secret.ts';
import { STATE_DEFAULTS } from './state-types.ts';
import type { Config, ScrapeConfig } from './types.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'watchkeeper-config-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function load(text: string | Uint8Array, options?: LoadOptions): Promise<Config> {
  const file = path.join(dir, 'prometheus.yml');
  await writeFile(file, text);
  return loadConfig(file, options);
}

async function loadJob(fields: string, global = ''): Promise<ScrapeConfig> {
  const config = await load(`${global}\nscrape_configs:\n- {job_name: a, ${fields}}\n`);
  return config.scrapeConfigs[0] as ScrapeConfig;
}

/** The problems, each without the folder it is in. */
async function problems(text: string | Uint8Array, options?: LoadOptions): Promise<string[]> {
  const error: unknown = await load(text, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigErrors);
  const { problems: found } = error as ConfigErrors;
  return found.map((problem) => problem.message.replaceAll(`${dir}/`, ''));
}

describe('defaults', () => {
  test('an empty file has Prometheus’ defaults', async () => {
    for (const text of ['', '# nothing\n', '---\n', 'global:\n']) {
      const config = await load(text);
      expect(config.global).toMatchObject({ scrapeIntervalMs: 60_000, scrapeTimeoutMs: 10_000 });
      expect(config.scrapeConfigs).toEqual([]);
      expect(config.storage.exemplarsMax).toBe(100_000);
      expect(config.otlp.translationStrategy).toBe('UnderscoreEscapingWithSuffixes');
      expect(config.retention.timeMs).toBe(90 * 86_400_000);
    }
  });

  test('without a file we scrape ourselves', async () => {
    const config = await loadConfig(undefined, { selfTarget: 'localhost:1234' });
    expect(config.path).toBeUndefined();
    expect(config.scrapeConfigs).toHaveLength(1);
    expect(config.scrapeConfigs[0]?.discovery).toMatchObject([
      { kind: 'static', groups: [{ targets: ['localhost:1234'], source: '0' }] },
    ]);
  });

  test('a job takes from global what it does not say', async () => {
    const global = 'global: {scrape_interval: 5s, sample_limit: 7, extra_scrape_metrics: true}';
    expect(await loadJob('', global)).toMatchObject({
      scrapeIntervalMs: 5000,
      scrapeTimeoutMs: 5000,
      sampleLimit: 7,
      extraScrapeMetrics: true,
      metricsPath: '/metrics',
      honorTimestamps: true,
      enableCompression: true,
    });
    expect(await loadJob('sample_limit: 9, scrape_interval: 1m', global)).toMatchObject({
      scrapeIntervalMs: 60_000,
      scrapeTimeoutMs: 5000,
      sampleLimit: 9,
    });
  });

  test('native histograms put the protobuf format first, unless global says otherwise', async () => {
    const native = 'scrape_native_histograms: true';
    expect((await loadJob(native)).scrapeProtocols[0]).toBe('PrometheusProto');
    expect((await loadJob('')).scrapeProtocols[0]).toBe('OpenMetricsText1.0.0');
    const global = 'global: {scrape_protocols: [PrometheusText0.0.4]}';
    expect((await loadJob(native, global)).scrapeProtocols).toEqual(['PrometheusText0.0.4']);
  });

  test('the escaping follows the nearest validation scheme that is written', async () => {
    const legacy = 'global: {metric_name_validation_scheme: legacy}';
    expect((await loadJob('')).metricNameEscapingScheme).toBe('allow-utf-8');
    expect((await loadJob('', legacy)).metricNameEscapingScheme).toBe('underscores');
    const utf8 = 'metric_name_validation_scheme: utf8';
    expect((await loadJob(utf8, legacy)).metricNameEscapingScheme).toBe('allow-utf-8');
    const own = 'metric_name_validation_scheme: legacy';
    expect((await loadJob(own)).metricNameEscapingScheme).toBe('underscores');
  });

  test('Prometheus’ retention and out-of-order window count where ours are not given', async () => {
    const storage = 'storage: {tsdb: {out_of_order_time_window: 30m, retention: {time: 15d}}}';
    const config = await load(storage);
    expect(config.retention.timeMs).toBe(15 * 86_400_000);
    expect(config.limits.outOfOrderWindowMs).toBe(1_800_000);
    const ours = await load(
      `${storage}\nretention: {time: 30d}\nlimits: {out_of_order_window: 1h}`,
    );
    expect(ours.retention.timeMs).toBe(30 * 86_400_000);
    expect(ours.limits.outOfOrderWindowMs).toBe(3_600_000);
  });
});

describe('files', () => {
  test('relative paths start at the file that has them', async () => {
    await mkdir(path.join(dir, 'jobs'), { recursive: true });
    const job = 'scrape_configs: [{job_name: b, basic_auth: {username: u, password_file: pw}}]';
    await writeFile(path.join(dir, 'jobs/b.yml'), job);
    await writeFile(path.join(dir, 'jobs/pw'), ' s3cret\n');

    const config = await load(
      'rule_files: ["rules/*.yml", /etc/r.yml]\nscrape_config_files: ["jobs/*.yml"]\nscrape_configs: [{job_name: a}]',
    );

    expect(config.ruleFiles).toEqual([path.join(dir, 'rules/*.yml'), '/etc/r.yml']);
    expect(config.scrapeConfigs.map((scrape) => scrape.jobName)).toEqual(['a', 'b']);
    expect(config.mainScrapeConfigs.map((scrape) => scrape.jobName)).toEqual(['a']);
    const password = config.scrapeConfigs[1]?.httpClient.basicAuth?.password;
    expect(password).toEqual({ file: path.join(dir, 'jobs/pw') });
    expect(await readSecret(password as { file: string })).toBe('s3cret');
  });

  test('problems of all files are told at once, each with its file', async () => {
    await mkdir(path.join(dir, 'bad'), { recursive: true });
    await writeFile(path.join(dir, 'bad/x.yml'), 'scrape_configs: [{job_name: a}, {job: c}]');
    const text = 'scrape_config_files: ["bad/*"]\nscrape_configs: [{job_name: a}]\nfoo: 1\n';
    expect(await problems(text)).toEqual([
      'prometheus.yml:3:1: field foo not found in type config.plain (remove it)',
      'bad/x.yml:1:29: found multiple scrape configs with job name "a", first found in main config file (rename one of them)',
      'bad/x.yml:1:33: job_name is empty (name the job)',
      'bad/x.yml:1:34: field job not found in type config.ScrapeConfig (did you mean job_name?)',
    ]);
  });

  test('a file that is not there is a problem of the file', async () => {
    const file = path.join(dir, 'nope.yml');
    await expect(loadConfig(file)).rejects.toThrow(
      `parsing YAML file ${file}: open ${file}: no such file or directory`,
    );
  });

  test('an Alertmanager file brings its sections, and only those', async () => {
    const file = path.join(dir, 'alertmanager.yml');
    await writeFile(
      file,
      'global: {resolve_timeout: 6m}\nroute: {receiver: x}\nreceivers: [{name: x}]\n',
    );
    const config = await load('', { alertmanagerPath: file });
    expect(config.notifications?.route.receiver).toBe('x');
    expect(config.notifications?.global.resolveTimeoutMs).toBe(360_000);
    expect(config.notifications?.inhibitRules).toEqual([]);
    await writeFile(file, 'rout: {}\n');
    await expect(load('', { alertmanagerPath: file })).rejects.toThrow('did you mean route?');
  });

  test('Alertmanager’s sections may stand in the main file', async () => {
    const text = 'global: {smtp_from: a@b}\nroute:\n  receiver: x\nreceivers: [{name: x}]\n';
    const { notifications } = await load(text);
    expect(notifications?.global.smtp.from).toBe('a@b');
    expect(notifications?.receivers.map(({ name }) => name)).toEqual(['x']);
    await expect(load('route:\n  receiver: y\n')).rejects.toThrow(
      /:2:13: undefined receiver "y" used in route/,
    );
    expect((await load('')).notifications).toBeUndefined();
  });
});

describe('environment', () => {
  test('external labels expand variables, other texts stay literal', async () => {
    const text = 'global: {external_labels: {a: "${X}-$$", b: $Y}, query_log_file: /l/$X}';
    const { global } = await load(text, { env: { X: 'x' } });
    expect(global.externalLabels.toRecord()).toEqual({ a: 'x-$' });
    expect(global.queryLogFile).toBe('/l/$X');
  });

  test('WATCHKEEPER_ variables override our own settings', async () => {
    const env = {
      WATCHKEEPER_CLICKHOUSE_URL: 'http://db:8123',
      WATCHKEEPER_CLICKHOUSE_PASSWORD: 's3cret',
      WATCHKEEPER_RETENTION_TIME: '7d',
      WATCHKEEPER_LIMITS_SPOOL_BYTES_MAX: '1GiB',
      WATCHKEEPER_ROLES: 'collect, query',
      WATCHKEEPER_DURABILITY: 'fsync',
    };
    const config = await load('clickhouse: {url: "http://other", password_file: pw}', { env });
    expect(config.clickhouse?.url).toBe('http://db:8123');
    const password = config.clickhouse?.password as { value: { reveal(): string } };
    expect(password.value.reveal()).toBe('s3cret');
    expect(config.retention.timeMs).toBe(7 * 86_400_000);
    expect(config.limits.spoolBytesMax).toBe(1024 ** 3);
    expect(config.roles).toEqual(['collect', 'query']);
    expect(config.durability).toBe('fsync');
  });

  test('a bad variable is named', async () => {
    expect(await problems('', { env: { WATCHKEEPER_LIMITS_SERIES_MAX: 'many' } })).toEqual([
      '$WATCHKEEPER_LIMITS_SERIES_MAX:1:1: yaml: unmarshal errors: cannot unmarshal !!str `many` into uint (expected a whole number from 0)',
    ]);
  });
});

describe('our sections', () => {
  test('all of them are read', async () => {
    const config = await load(`
clusters: [{name: prod, kubeconfig_file: kc, context: p, namespaces: [a]}]
clickhouse: {url: "https://db:8443", database: d, tls_config: {ca_file: ca.pem}}
auth:
  tokens: [{name: ci, token_file: t, role: editor}]
  users: [{name: ann, password: x, role: admin}]
retention:
  time: 30d
  by_matcher: [{matchers: ['job="a"', 'ns=~"dev-.*"'], time: 1d}]
roles: [collect]
limits: {series_max: 5, memory_bytes_max: 1024, query_timeout: 10s}
state: {source: builtin, interval: 15s, resources: [pods], labels_allowlist: {pods: [app, a/*]}}
`);
    expect(config.state).toEqual({
      ...STATE_DEFAULTS,
      source: 'builtin',
      intervalMs: 15_000,
      resources: ['pods'],
      labelsAllowList: { pods: ['app', 'a/*'] },
    });
    expect(config.clusters).toEqual([
      {
        name: 'prod',
        enabled: true,
        access: {
          kind: 'kubeconfig',
          file: path.join(dir, 'kc'),
          contexts: ['p'],
          execPlugins: true,
        },
        namespaces: ['a'],
        collection: DEFAULT_COLLECTION,
        discovery: { annotations: true, operator: true, operatorFiles: false },
      },
    ]);
    expect(config.clickhouse?.tls.ca).toEqual({ file: path.join(dir, 'ca.pem') });
    expect(config.auth).toMatchObject({ anonymousRole: 'none', tokens: [{ role: 'editor' }] });
    expect(config.retention.byMatcher[0]?.matchers.map(String)).toEqual([
      'job="a"',
      'ns=~"dev-.*"',
    ]);
    expect(config.limits).toMatchObject({ memoryBytesMax: 1024, queryTimeoutMs: 10_000 });
  });

  test.each([
    ['roles: [collekt]', '1:9: unknown role "collekt" (use collect, query, rules, web)'],
    ['state: {resources: [pod]}', '1:21: unknown name "pod" (did you mean pods?)'],
    ['state: {interval: 10ms}', '1:19: an interval of less than a second (write 30s)'],
    ['state: {labels_allowlist: {pod: [a]}}', '1:28: unknown name "pod" (did you mean pods?)'],
    ['roles: []', '1:8: no roles: the process would do nothing (name some)'],
    ['durability: none', '1:13: unknown durability "none" (use one of crash, fsync)'],
    [
      'clickhouse: {url: db}',
      "1:19: clickhouse: URL scheme must be 'http' or 'https' (write it as http://host:8123)",
    ],
    ['retention: {time: 0}', '1:19: retention of no time keeps nothing (write 90d)'],
    [
      'retention: {by_matcher: [{time: 1d}]}',
      '1:26: a retention rule has no matchers (write - job="api")',
    ],
    ['clusters: [{name: a}, {name: a}]', '1:30: two clusters have the name "a"'],
    ['clusters: [{in_cluster: true}]', '1:12: a cluster has no name (add name)'],
    [
      'clusters: [{contexts: some}]',
      '1:23: unknown contexts "some" (write all or a list)',
      '1:12: a cluster has no name (add name)',
    ],
    [
      'clusters: [{name: a, contexts: all}]',
      '1:19: one name for several contexts (remove it: contexts name clusters)',
    ],
    [
      'clusters: [{context: a, contexts: [b]}]',
      '1:22: both context and contexts (remove one of them)',
    ],
    [
      'clusters: [{name: a, kubeconfig_file: f, in_cluster: true}]',
      '1:54: in_cluster needs neither kubeconfig nor api_server (remove one of them)',
    ],
    [
      'clusters: [{name: a, kubeconfig_file: f, api_server: "https://k"}]',
      '1:54: a cluster has both kubeconfig_file and api_server (remove one of them)',
    ],
    [
      'clusters: [{name: a, api_server: "https://k", http_headers: {a: {values: [b]}}}]',
      '1:47: a cluster takes no http_headers (remove it)',
    ],
    ['auth: {tokens: [{name: a}]}', '1:17: a token is empty (add token or token_file)'],
  ])('%s is refused', async (text, ...found) => {
    expect(await problems(text)).toEqual(found.map((problem) => `prometheus.yml:${problem}`));
  });
});

test('agent mode refuses what it has no place for, where it stands', async () => {
  const text = 'global:\nrule_files: [x]\nremote_read: [{url: "http://a"}]\n';
  expect(await problems(text, { agentMode: true })).toEqual([
    'prometheus.yml:2:1: field rule_files is not allowed in agent mode (remove it)',
    'prometheus.yml:3:1: field remote_read is not allowed in agent mode (remove it)',
  ]);
});
