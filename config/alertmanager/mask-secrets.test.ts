import { describe, expect, test } from 'vitest';
import { Problems } from '../config-errors.ts';
import { readAlertmanagerFile } from '../read-config.ts';
import { maskedAlertmanagerPart, maskSecrets } from './mask-secrets.ts';

const TEXT = `# who is told
global:
  smtp_smarthost: h:25
  smtp_from: a@b
  smtp_auth_password: hush1
  slack_api_url: https://hooks/hush2
  opsgenie_api_key: &k hush3
  http_config: {basic_auth: {username: u, password: hush4}, proxy_url: http://p, proxy_connect_header: {X: [hush5]}}
route: {receiver: r}
receivers:
  - name: r
    webhook_configs:
      - url: 'http://h/hush6' # a hook
        http_config:
          authorization: {credentials: hush7}
          http_headers: {X: {values: [shown], secrets: [hush8], files: [f]}}
      - url_file: /shown
    pagerduty_configs: [{routing_key: hush9}, {service_key: "hush10", url: http://shown}]
    victorops_configs: [{api_key: *k, routing_key: shown}]
    sns_configs: [{topic_arn: t, sigv4: {access_key: hush11, secret_key: hush12}}]
    email_configs:
      - to: a@b
        auth_secret: |
          hush13
    discord_configs:
      - webhook_url: http://hush14
        http_config: {oauth2: {client_id: c, client_secret: hush15, token_url: http://shown}}
`;

describe('maskSecrets', () => {
  const masked = maskSecrets(TEXT);

  test('leaves no secret', () => {
    expect(masked).not.toContain('hush');
    expect(masked.match(/<secret>/g)).toHaveLength(15);
  });

  test('leaves the rest as it was, comments too', () => {
    for (const text of ['# who is told', '# a hook', 'values: [ shown ]', 'routing_key: shown']) {
      expect(masked).toContain(text);
    }
    expect(masked).toContain('url_file: /shown');
  });

  test('aliases of aliases take no time', () => {
    const lines = ['a0: &a0 [x]'];
    for (let at = 1; at < 30; at++) {
      const aliases = Array.from({ length: 9 }, () => `*a${at - 1}`).join(', ');
      lines.push(`a${at}: &a${at} [${aliases}]`);
    }
    const bomb = maskSecrets(`${lines.join('\n')}\npassword: *a29\n`);
    expect(bomb).toContain('a0: &a0 [ <secret> ]');
  });

  test('what comes out loads', () => {
    const problems = new Problems();
    const context = { problems, dir: '/', env: {}, agentMode: false };
    readAlertmanagerFile('f', masked, context);
    expect(problems.all).toEqual([]);
  });
});

describe('maskedAlertmanagerPart', () => {
  test("leaves what Alertmanager's tools read", () => {
    const text = `global: {scrape_interval: 1s, resolve_timeout: 5m, smtp_auth_password: hush}
scrape_configs: [{job_name: x}]
route: {receiver: r}
receivers: [{name: r}]
clusters: []
`;
    expect(maskedAlertmanagerPart(text)).toBe(
      `global: { resolve_timeout: 5m, smtp_auth_password: <secret> }
route: { receiver: r }
receivers: [ { name: r } ]
`,
    );
  });

  test('steps of an escalation, which is ours, are left out of routes', () => {
    const text = 'route: {receiver: r, escalate: [{after: 5m, receiver: s}]}\n';
    expect(maskedAlertmanagerPart(text)).toBe('route: { receiver: r }\n');
    expect(maskSecrets(text)).toBe('route: { receiver: r }\n');
  });

  test('what is used again is left too', () => {
    const text = 'x: &r {receiver: r}\nroute: *r\nreceivers: [{name: r}]\n';
    expect(maskedAlertmanagerPart(text)).toContain('x:');
  });
});
