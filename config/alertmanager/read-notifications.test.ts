import { describe, expect, test } from 'vitest';
import { ConfigErrors, Problems } from '../config-errors.ts';
import { readAlertmanagerFile } from '../read-config.ts';
import type { IntegrationConfig } from './read-receivers.ts';
import type { NotificationConfig } from './types.ts';

/** @throws ConfigErrors */
function read(text: string): NotificationConfig {
  const problems = new Problems();
  const context = { problems, dir: '/etc/am', env: {}, agentMode: false };
  const config = readAlertmanagerFile('alertmanager.yml', text, context);
  problems.throwIfAny('alertmanager.yml');
  if (config === undefined) throw new Error('no configuration');
  return config;
}

function problems(text: string): readonly string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigErrors)) throw error;
    return error.problems.map(({ place, problem }) => `${place.line}:${place.column} ${problem}`);
  }
}

/** The one integration of a receiver, with a `global` section. */
function integration(receiver: string, global = '{}'): IntegrationConfig {
  const text = `global: ${global}\nroute: {receiver: r}\nreceivers: [{name: r, ${receiver}}]\n`;
  const [found] = read(text).receivers[0]?.integrations ?? [];
  if (found === undefined) throw new Error('no integration');
  return found;
}

describe('receivers', () => {
  test('take what they do not say from global', () => {
    const mail = integration(
      'email_configs: [{to: a@b}]',
      '{smtp_smarthost: "h:25", smtp_from: f@g, smtp_auth_password_file: pw, smtp_require_tls: false}',
    );
    expect(mail.config).toMatchObject({
      to: 'a@b',
      from: 'f@g',
      smarthost: 'h:25',
      hello: 'localhost',
      authPassword: { file: '/etc/am/pw' },
      requireTls: false,
      sendResolved: false,
      html: '{{ template "email.default.html" . }}',
    });
  });

  test('an http_config of their own replaces the global one whole', () => {
    const global = '{http_config: {proxy_url: "http://p", follow_redirects: false}}';
    const own = integration('webhook_configs: [{url: "http://a", http_config: {}}]', global);
    expect(own.config).toMatchObject({ http: { proxyUrl: '', followRedirects: true } });
    const none = integration('webhook_configs: [{url: "http://a"}]', global);
    expect(none.config).toMatchObject({ http: { proxyUrl: 'http://p', followRedirects: false } });
  });

  test('but for the proxy of msteamsv2', () => {
    const global = '{http_config: {proxy_url: "http://p"}}';
    const receiver = 'msteamsv2_configs: [{webhook_url: "http://a", http_config: {}}]';
    expect(integration(receiver, global).config).toMatchObject({ http: { proxyUrl: 'http://p' } });
  });

  test('a Slack token goes into the authorization, and the message to the app’s URL', () => {
    const { config } = integration('slack_configs: [{channel: "#c"}]', '{slack_app_token: xoxb}');
    expect(config).toMatchObject({ http: { authorization: { type: 'Bearer' } } });
    expect(JSON.stringify(config)).not.toContain('xoxb');
    const own = integration('slack_configs: [{api_url: "http://hook"}]', '{slack_app_token: xoxb}');
    expect(own.config).toMatchObject({ http: { authorization: undefined } });
  });

  test('secrets do not show', () => {
    const { config } = integration('pagerduty_configs: [{routing_key: hush}]');
    expect(JSON.stringify(config)).not.toContain('hush');
    expect(config).toMatchObject({ details: { num_firing: '{{ .Alerts.Firing | len }}' } });
  });

  test('secrets do not show in what is said of them either', () => {
    const text = `route: {receiver: r}
receivers: [{name: r, discord_configs: [{webhook_url: "http://h/hush%zz"}], webhook_configs: [{url: "http://h/hush%zz"}]}]
`;
    expect(problems(text)).toEqual([
      '2:101 invalid URL: parse "<secret>": invalid URL escape "%zz"',
      '2:55 parse "<secret>": invalid URL escape "%zz"',
    ]);
  });

  test('a payload is any YAML, with the types of YAML 1.1', () => {
    const { config } = integration(
      'webhook_configs: [{url: "http://a/{{ .Status }}", payload: {a: [1, yes, ~, "1", 0x10, 1.5]}, timeout: 1m30s}]',
    );
    expect(config).toMatchObject({
      payload: { a: [1, true, null, '1', 16, 1.5] },
      timeoutMs: 90_000,
    });
  });

  test('keep their order of kinds, their number within the kind, and their place', () => {
    const [receiver] = read(
      [
        'route: {receiver: r}',
        'receivers:',
        '- name: r',
        '  slack_configs:',
        '  - api_url: http://a',
        '  webhook_configs:',
        '  - url: http://a',
        '  - url: http://b',
      ].join('\n'),
    ).receivers;
    const shown = receiver?.integrations.map(({ kind, index, place }) => {
      return `${kind}[${index}] ${place.line}:${place.column}`;
    });
    expect(shown).toEqual(['webhook[0] 7:5', 'webhook[1] 8:5', 'slack[0] 5:5']);
  });
});

describe('what is wrong is told with its place', () => {
  test('all of it at once', () => {
    const text = [
      'route:',
      '  receiver: r',
      '  routes:',
      '  - receiver: q',
      '    matchers: ["a~b"]',
      '    group_interval: 0s',
      '    mute_time_intervals: [n]',
      'receivers:',
      '- name: r',
      '  webhook_configs:',
      '  - url: ftp://a',
      '    time_out: 5s',
      'inhibit_rules: [{equal: [""]}]',
    ].join('\n');
    expect(problems(text)).toEqual([
      '11:10 invalid URL: unsupported scheme "ftp" for URL',
      '12:5 field time_out not found in type webhook.plain',
      '13:26 invalid label name "" in equal list',
      '6:21 group_interval cannot be zero',
      '5:16 bad matcher format: a~b',
      '4:15 undefined receiver "q" used in route',
      '7:26 undefined time interval "n" used in route',
    ]);
  });

  test('a time zone that is none, and a section that we lack', () => {
    const text = [
      'route: {receiver: r}',
      'receivers: [{name: r}]',
      'time_intervals: [{name: n, time_intervals: [{location: Mars/Base}]}]',
      'event_recorder: {stdout_outputs: [{}]}',
    ].join('\n');
    expect(problems(text)).toEqual([
      '4:1 event_recorder is not supported',
      '3:56 unknown time zone Mars/Base',
    ]);
  });

  test('names with dashes are label names unless the old grammar is asked for', () => {
    const text = 'route: {receiver: r, group_by: ["a-b"]}\nreceivers: [{name: r}]\n';
    expect(problems(text)).toEqual([]);
  });
});

describe('routes', () => {
  test('the old ways of matching come to matchers, sorted', () => {
    const { route } = read(`
route:
  receiver: r
  routes: [{match_re: {z: a|b}, match: {b: c}, matchers: ['{a!="x"}', 'q=~"w.*"']}]
receivers: [{name: r}]
`);
    expect(route.routes[0]?.matchers.map(String)).toEqual([
      'a!="x"',
      'b="c"',
      'q=~"w.*"',
      'z=~"^(?:a|b)$"',
    ]);
  });

  test('steps of an escalation have a time and another receiver', () => {
    const { route } = read(`
route: {receiver: r, escalate: [{after: 15m, receiver: s}], routes: [{escalate: []}, {}]}
receivers: [{name: r}, {name: s}]
`);
    expect(route.escalate).toEqual([{ afterMs: 900_000, receiver: 's' }]);
    expect(route.routes.map(({ escalate }) => escalate)).toEqual([[], undefined]);
    const bad = `
route:
  receiver: r
  escalate: [{receiver: s}, {after: 1x, receiver: s}, {after: 5m, receiver: t}]
  routes: [{escalate: [{after: 5m, receiver: r, to: x}]}]
receivers: [{name: r}, {name: s}]
`;
    const found = problems(bad).join('\n');
    expect(found).toContain('after is missing in escalate');
    expect(found).toContain('receiver "s" is told already');
    expect(found).toContain('undefined receiver "t" used in escalate');
    expect(found).toContain('receiver "r" is told already');
    expect(found).toContain('field to not found');
    expect(found).toContain('1x');
  });

  test('trees that go too deep are refused', () => {
    const open = '{receiver: r, routes: ['.repeat(150);
    const text = `route: ${open}${']}'.repeat(150)}\nreceivers: [{name: r}]\n`;
    expect(problems(text).join()).toContain('routes nested more than 100 deep');
  });
});
