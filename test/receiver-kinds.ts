/** Every kind of receiver whose URL can be set, in one receiver, and a service that answers all. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { loadCertificate, TestAuthority } from './certificates.ts';
import { listenTcp } from './listening-server.ts';
import { messageSink, type SunkRequest } from './message-sink.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';

export interface EveryService {
  readonly url: string;
  /** A proxy, by which the hosts of services whose URL cannot be set are this service, too. */
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly received: readonly SunkRequest[];
}

const FIXED_HOSTS = ['slack.com', 'api.pushover.net', 'events.pagerduty.com'];

/** Takes everything, each kind below a path of its own. Jira knows an issue once it has one. */
export async function everyService(): Promise<EveryService> {
  let hasIssue = false;
  const answer = ({ path, method }: SunkRequest) => {
    const [, kind = '', ...rest] = (path.split('?')[0] ?? '').split('/');
    if (kind === 'slack') return { body: 'ok' };
    if (kind === 'slack-app') return json({ ok: true });
    if (kind === 'api') return json({ ok: true, ts: '12.3', channel: 'C1' });
    if (kind === 'telegram') return json({ ok: true, result: { message_id: 1, chat: { id: 1 } } });
    if (kind === 'rocketchat') return json({ success: true });
    if (kind === 'wechat') return json({ errcode: 0, errmsg: 'ok', access_token: 'TOKEN' });
    if (kind === 'sns') return { headers: { 'content-type': 'text/xml' }, body: PUBLISHED };
    if (kind !== 'jira') return json({});
    const call = rest.at(-1);
    if (call === 'search') return json({ issues: hasIssue ? [OPEN_ISSUE] : [] });
    if (call === 'transitions' && method === 'GET') {
      return json({ transitions: [{ id: '7', name: 'Done' }] });
    }
    if (method === 'POST' && call === 'issue') hasIssue = true;
    return json({});
  };
  const authority = new TestAuthority();
  const names = FIXED_HOSTS.map((host) => `DNS:${host}`).join(',');
  const tls = loadCertificate(authority.issue('fixed', names));
  const plain = await messageSink(answer);
  const fixed = await messageSink(answer, tls);
  return {
    url: plain.url,
    proxyUrl: await tunnelTo(Number(new URL(fixed.url).port)),
    caFile: authority.caFile,
    get received() {
      return [...plain.received, ...fixed.received];
    },
  };
}

/** A proxy that takes every host for one of this machine. */
async function tunnelTo(port: number): Promise<string> {
  const server = createServer();
  server.on('connect', (_request, client) => {
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    onTestFinished(() => void upstream.destroy());
  });
  return `http://127.0.0.1:${await listenTcp(server)}`;
}

const OPEN_ISSUE = { key: 'OPS-1', fields: { status: { statusCategory: { key: 'new' } } } };

function json(value: unknown) {
  return { headers: JSON_TYPE, body: JSON.stringify(value) };
}

/**
 * Of Webex' message most is ASCII: Alertmanager crashes over a long one that is not.
 * @param smtpPort of a mail server without TLS
 */
export function everyReceiver({ url, proxyUrl, caFile }: EveryService, smtpPort: number): string {
  const fixed = `proxy_url: ${proxyUrl}, tls_config: {ca_file: ${caFile}}`;
  return `
route:
  receiver: team.x
  group_by: [alertname]
  group_wait: 300ms
  group_interval: 1s
  repeat_interval: 1h
receivers:
- name: team.x
  email_configs:
  - {to: "Team <a@x.example>, b@x.example", from: wk@x.example, smarthost: "127.0.0.1:${smtpPort}", require_tls: false, hello: wk.example, send_resolved: true, text: '{{ template "__text_alert_list" .Alerts }}', headers: {x-team: '{{ .Receiver }} ü', reply-to: r@x.example}, threading: {enabled: true, thread_by_date: none}}
  webhook_configs:
  - {url: "${url}/webhook", max_alerts: 1}
  - url: ${url}/webhook-own
    payload: {status: '{{ .Status }}', count: '{{ len .Alerts }}', labels: '{{ .CommonLabels | toJson }}', list: ['{{ .GroupLabels.alertname }}', 1, true, null]}
  slack_configs:
  - {api_url: "${url}/slack", channel: '#ops', send_resolved: true, text: '{{ range .Alerts }}<{{ .Annotations.summary }}>{{ end }}', fields: [{title: T, value: '{{ .Status }}'}, {title: U, value: v, short: true}], actions: [{type: button, text: Go, url: "http://u/?a=1&b=2"}]}
  - {app_url: "${url}/slack-app", app_token: xoxb-1, channel: c, send_resolved: true, icon_emoji: ':x:', message_text: hey, link_names: true, mrkdwn_in: [text]}
  - {api_url: https://slack.com/api/chat.postMessage, update_message: true, channel: '#u', send_resolved: true, http_config: {authorization: {credentials: xoxb-2}, ${fixed}}}
  pagerduty_configs:
  - {service_key: 'SK', http_config: {${fixed}}}
  - {url: "${url}/pagerduty", routing_key: KEY, images: [{src: "http://i", alt: a, href: h}], links: [{href: "http://l", text: t}], class: c, component: '{{ .CommonLabels.job }}', group: g}
  - {url: "${url}/pagerduty-plain", routing_key: '{{ "K2" }}', severity: '{{ .CommonLabels.severity }}', details: {num_firing: '', mine: {deep: ['{{ .Status }}', '7']}}}
  opsgenie_configs:
  - {api_url: "${url}/opsgenie", api_key: OK, details: {extra: '{{ .Status }}'}, responders: [{name: 'a,b', type: teams}, {id: i, type: user}, {name: '{{ .CommonLabels.nope }}', type: '{{ .CommonLabels.nope }}'}], tags: 'a,,b', note: n, priority: P1, entity: e, actions: 'x,y', update_alerts: true}
  - {api_url: "${url}/opsgenie-plain/", api_key: OK}
  pushover_configs:
  - {user_key: U, token: T, http_config: {${fixed}}}
  - {user_key: U, token: T, html: true, message: '<b>{{ .CommonLabels.job }}</b> {{ range .Alerts }}{{ .Labels.instance }}{{ end }}', url_title: '{{ .Status }} & more*', device: d, sound: s, ttl: 90s, retry: 2m, http_config: {${fixed}}}
  victorops_configs:
  - {api_url: "${url}/victorops", api_key: "v k", routing_key: 'r/{{ .GroupLabels.alertname }}', message_type: warn, custom_fields: {z: '{{ .Status }}', a: b}}
  wechat_configs:
  - {api_url: "${url}/wechat", api_secret: "s&1", corp_id: c, to_user: '@all', agent_id: '7', send_resolved: true}
  - {api_url: "${url}/wechat/", api_secret: s, corp_id: c, to_party: '1', to_tag: t, agent_id: '7', message_type: markdown}
  telegram_configs:
  - {api_url: "${url}/telegram", bot_token: "1:abc", chat_id: -42}
  - {api_url: "${url}/telegram", bot_token: "1:abc", chat_id: 43, message_thread_id: 5, parse_mode: MarkdownV2, disable_notifications: true, message: '*{{ .Status }}*'}
  - {api_url: "${url}/telegram", bot_token: "1:abc", chat_id: 44, parse_mode: '', message: '${'ä'.repeat(4100)}'}
  discord_configs:
  - {webhook_url: "${url}/discord", username: U, avatar_url: "http://a", content: '{{ .Status }}'}
  - {webhook_url: "${url}/discord-long", title: '${'t'.repeat(300)}', message: '${'m'.repeat(5000)}', content: '${'é'.repeat(2001)}'}
  webex_configs:
  - {api_url: "${url}/webex", room_id: '{{ .CommonLabels.job }}', http_config: {authorization: {credentials: W}}}
  - {api_url: "${url}/webex-long", room_id: r, message: '${'x'.repeat(7400)}${'é'.repeat(100)}', http_config: {authorization: {credentials: W}}}
  msteams_configs:
  - {webhook_url: "${url}/msteams"}
  msteamsv2_configs:
  - {webhook_url: "${url}/msteamsv2"}
  rocketchat_configs:
  - {api_url: "${url}/rocketchat", token: T, token_id: I, channel: '#c', send_resolved: true, emoji: ':e:', short_fields: true, fields: [{title: T, value: '{{ .Status }}'}], actions: [{text: Go, url: "http://u", msg: m}], image_url: "http://i"}
  mattermost_configs:
  - {webhook_url: "${url}/mattermost", channel: c, fields: [{title: T, value: v, short: true}], priority: {priority: Urgent, requested_ack: true, persistent_notifications: true}, props: {card: '{{ .Status }}'}}
  - {webhook_url: "${url}/mattermost-own", text: '${'é'.repeat(17_000)}', attachments: [{text: '{{ .Status }}', title: t, fields: [{title: T, value: v}]}], priority: {priority: odd, requested_ack: true}}
  jira_configs:
  - {api_url: "${url}/jira/rest/api/2/", project: OPS, issue_type: Bug, labels: ['{{ .CommonLabels.job }}', a], reopen_transition: Open, reopen_duration: 1h, resolve_transition: Done, wont_fix_resolution: "Won't", fields: {customfield_1: {value: '{{ .Status }}'}}, summary: {template: '{{ template "jira.default.summary" . }}', enable_update: false}}
  sns_configs:
  - {api_url: "${url}/sns", topic_arn: 'arn:aws:sns:us-east-1:1:t.fifo', sigv4: {region: us-east-1, access_key: AK, secret_key: SK}, attributes: {k: '{{ .Status }}'}}
  - {api_url: "${url}/sns", phone_number: '+100', message: '${'s'.repeat(1700)}', sigv4: {region: us-east-1, access_key: AK, secret_key: SK}}
  incidentio_configs:
  - {url: "${url}/incidentio", alert_source_token: IT, max_alerts: 1}
`;
}

/** What identifies a request, and what it says. */
export function requestFacts({ method, path, headers, body }: SunkRequest) {
  const known = ['authorization', 'content-type', 'x-auth-token', 'x-user-id', 'accept-language'];
  return {
    method,
    path,
    headers: known.map((name) => `${name}: ${String(headers[name] ?? '')}`),
    body,
  };
}
