import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { messageSink, type SinkAnswer } from '../../test/message-sink.ts';
import { notificationOf, notifiedAlert, notifierOfSection } from '../../test/receiver-rig.ts';
import type { NotifyResult } from '../notifier.ts';
import { groupKeyHash } from './group-key-hash.ts';

const NEVER = new AbortController().signal;
const FIRING = notificationOf([
  notifiedAlert(
    { alertname: 'A', job: 'x', severity: 'critical' },
    { annotations: Labels.fromRecord({ summary: 'it is <b>' }) },
  ),
]);
const RESOLVED = notificationOf([notifiedAlert({ alertname: 'A' }, { status: 'resolved' })]);
const HASH = groupKeyHash(FIRING.groupKey);
const XML = { 'content-type': 'text/xml' };

/** Kind → its section for a service at a URL. */
const SECTIONS: Readonly<Record<string, (url: string) => string>> = {
  discord: (url) => `webhook_url: ${url}/s3cret-that-is-long`,
  incidentio: (url) => `url: ${url}\nalert_source_token: s3cret-that-is-long`,
  jira: (url) =>
    `api_url: ${url}\nproject: P\nissue_type: Bug\nhttp_config: {basic_auth: {username: u, password: s3cret-that-is-long}}`,
  mattermost: (url) => `webhook_url: ${url}/s3cret-that-is-long\nchannel: c`,
  msteams: (url) => `webhook_url: ${url}/s3cret-that-is-long`,
  msteamsv2: (url) => `webhook_url: ${url}/s3cret-that-is-long`,
  opsgenie: (url) => `api_url: ${url}\napi_key: s3cret-that-is-long`,
  pagerduty: (url) => `url: ${url}\nrouting_key: s3cret-that-is-long`,
  rocketchat: (url) => `api_url: ${url}\ntoken: s3cret-that-is-long\ntoken_id: i\nchannel: c`,
  slack: (url) => `api_url: ${url}/s3cret-that-is-long\nchannel: c`,
  sns: (url) =>
    `api_url: ${url}\nphone_number: '1'\nsigv4: {region: r, access_key: AK, secret_key: s3cret-that-is-long}`,
  telegram: (url) => `api_url: ${url}\nbot_token: s3cret-that-is-long\nchat_id: 1`,
  victorops: (url) => `api_url: ${url}\napi_key: s3cret-that-is-long\nrouting_key: r`,
  webex: (url) =>
    `api_url: ${url}\nroom_id: r\nhttp_config: {authorization: {credentials: s3cret-that-is-long}}`,
  wechat: (url) => `api_url: ${url}\napi_secret: s3cret-that-is-long\ncorp_id: c`,
};
const KINDS = Object.keys(SECTIONS);

async function tell(kind: string, answer: SinkAnswer, notification = FIRING) {
  const { url, received } = await messageSink(() => answer);
  const section = SECTIONS[kind]?.(url) ?? '';
  const notifier = await notifierOfSection(`${kind}_configs`, section);
  return { result: await notifier.notify(notification, NEVER), received };
}

/** `retry reason: message`, or `sent`. */
function told(result: NotifyResult): string {
  if (result.kind === 'sent') return 'sent';
  return `${result.retry ? 'again' : 'never'} ${result.reason}: ${result.message}`;
}

describe('services', () => {
  test.each(KINDS)('%s: 500 is worth another attempt, and no secret is repeated', async (kind) => {
    const { result } = await tell(kind, {
      status: 500,
      body: 'the key s3cret-that-is-long is odd',
    });
    expect(told(result)).toMatch(/^again (?:serverError|other): .*500/);
    expect(told(result)).not.toContain('s3cret-that-is-long');
  });

  test.each(KINDS)('%s: a service that is away is worth another attempt', async (kind) => {
    const notifier = await notifierOfSection(
      `${kind}_configs`,
      SECTIONS[kind]?.('http://127.0.0.1:1') ?? '',
    );
    const result = await notifier.notify(FIRING, NEVER);
    expect(told(result)).toMatch(
      /^again other: .*(?:Post|Get) "<redacted>": dial tcp 127\.0\.0\.1:1: connect: connection refused$/,
    );
    expect(told(result)).not.toContain('s3cret-that-is-long');
  });

  test.each([
    ['discord', { status: 400, body: 'no' }, 'never clientError: unexpected status code 400: no'],
    ['discord', { status: 429 }, 'never rateLimited: unexpected status code 429'],
    ['pagerduty', { status: 429 }, 'again rateLimited: unexpected status code 429'],
    [
      'pagerduty',
      { status: 400, body: '{"message":"Event object is invalid","errors":["a","b"]}' },
      'never clientError: unexpected status code 400: Event object is invalid: a,b',
    ],
    ['pagerduty', { status: 403, body: 'x' }, 'never authError: unexpected status code 403'],
    ['opsgenie', { status: 429, body: 'x' }, 'again rateLimited: unexpected status code 429: x'],
    ['opsgenie', { status: 422, body: 'x' }, 'never clientError: unexpected status code 422: x'],
    [
      'incidentio',
      { status: 429, body: '{"message":"m","error":"e","errors":["a","b"]}' },
      'again rateLimited: unexpected status code 429: m: e: a, b',
    ],
    [
      'jira',
      { status: 429, body: 'x' },
      'again rateLimited: failed to look up existing issues: HTTP request to JIRA API: unexpected status code 429: x',
    ],
    [
      'telegram',
      {
        status: 400,
        body: '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}',
      },
      'again clientError: telegram: Bad Request: chat not found (400)',
    ],
    ['telegram', { body: 'x' }, 'again other: telegram: unexpected answer with status code 200'],
    ['rocketchat', { body: '{"success":true}' }, 'sent'],
    [
      'rocketchat',
      { body: '{"success":false,"error":"no room"}' },
      'never clientError: channel "c": error response from Rocketchat: no room',
    ],
    [
      'rocketchat',
      { body: 'x' },
      'again clientError: channel "c": could not unmarshal JSON response "x": not an object of JSON',
    ],
    [
      'mattermost',
      { status: 404, body: 'x' },
      'never clientError: channel "c": unexpected status code 404: x',
    ],
    ['wechat', { body: '{"errcode":40001}' }, 'never other: invalid APISecret for CorpID: c'],
    [
      'sns',
      {
        status: 403,
        headers: XML,
        body: '<ErrorResponse><Error><Code>X</Code><Message>a &lt;b&gt; &amp;amp;</Message></Error></ErrorResponse>',
      },
      'never authError: unexpected status code 403: a <b> &amp;',
    ],
  ])('%s answering %j', async (kind, answer, expected) => {
    expect(told((await tell(kind, answer)).result)).toBe(expected);
  });

  test('Telegram says how long it wants to be left alone', async () => {
    const body = '{"ok":false,"error_code":429,"parameters":{"retry_after":7}}';
    expect((await tell('telegram', { status: 429, body })).result).toEqual({
      kind: 'failed',
      retry: true,
      reason: 'rateLimited',
      message: 'telegram: retry after 7 (429)',
      retryAfterMs: 7000,
    });
  });

  test('HTML too long for Telegram is replaced, and its subject still told', async () => {
    const { url, received } = await messageSink(() => ({ body: '{"ok":true}' }));
    const notifier = await notifierOfSection(
      'telegram_configs',
      `api_url: ${url}\nbot_token: t\nchat_id: 1\nmessage: '${'x'.repeat(5000)}'`,
    );
    await notifier.notify(FIRING, NEVER);
    expect(received[0]?.json['text']).toMatch(
      /^Alertmanager notification could not be sent: message length exceeds Telegram limits\.\n.*\n\[FIRING:1\] A \(x critical\)$/s,
    );
  });

  test('a token of WeChat is used again, and fetched anew when it has run out', async () => {
    let expiredAt = 2;
    const { url, received } = await messageSink(({ path }, index) => {
      if (path.startsWith('/gettoken')) return { body: `{"access_token":"T${index}"}` };
      if (received.length - 1 !== expiredAt) return { body: '{"errcode":0}' };
      expiredAt = -1;
      return { body: '{"errcode":42001,"errmsg":"access_token expired"}' };
    });
    const notifier = await notifierOfSection('wechat_configs', SECTIONS['wechat']?.(url) ?? '');
    const results: string[] = [];
    for (let at = 0; at < 3; at++) results.push(told(await notifier.notify(FIRING, NEVER)));
    expect(results).toEqual(['sent', 'again other: access_token expired', 'sent']);
    expect(received.map(({ path }) => path)).toEqual([
      '/gettoken?corpid=c&corpsecret=s3cret-that-is-long',
      '/message/send?access_token=T0',
      '/message/send?access_token=T0',
      '/gettoken?corpid=c&corpsecret=s3cret-that-is-long',
      '/message/send?access_token=T3',
    ]);
  });

  test('an event too large for PagerDuty goes without its details', async () => {
    const huge = notificationOf([
      notifiedAlert(
        { alertname: 'A' },
        { annotations: Labels.fromRecord({ text: 'x'.repeat(600_000) }) },
      ),
    ]);
    const { received } = await tell('pagerduty', {}, huge);
    expect(received[0]?.json).toMatchObject({
      dedup_key: HASH,
      payload: {
        custom_details: {
          error:
            'Custom details have been removed because the original event exceeds the maximum size of 512KB',
        },
      },
    });
  });

  test('a group that is over resolves, closes, recovers', async () => {
    const events = await tell('pagerduty', {}, RESOLVED);
    expect(events.received[0]?.json).toMatchObject({ event_action: 'resolve', dedup_key: HASH });
    const alerts = await tell('opsgenie', {}, RESOLVED);
    expect(alerts.received[0]?.path).toBe(`/v2/alerts/${HASH}/close?identifierType=alias`);
    const incidents = await tell('victorops', {}, RESOLVED);
    expect(incidents.received[0]?.json).toMatchObject({ message_type: 'RECOVERY' });
    const issues = await tell('jira', { body: '{"issues":[]}' }, RESOLVED);
    expect(told(issues.result)).toBe('sent');
    expect(issues.received.map(({ path }) => path)).toEqual(['/search']);
  });

  test('requests to AWS are signed as AWS signs them', async () => {
    const { received } = await tell('sns', {});
    expect(received[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AK\/\d{8}\/r\/sns\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  test.each([
    ['discord', 'title'],
    ['jira', 'summary'],
    ['msteamsv2', 'text'],
    ['opsgenie', 'message'],
    ['pagerduty', 'description'],
    ['sns', 'subject'],
    ['telegram', 'message'],
    ['victorops', 'state_message'],
    ['webex', 'message'],
  ])('%s: a mistake in the template %s is not tried again', async (kind, field) => {
    const { url, received } = await messageSink(() => ({ body: '{"issues":[]}' }));
    const section = `${SECTIONS[kind]?.(url) ?? ''}\n${field}: '{{ .Nope }}'`;
    const notifier = await notifierOfSection(`${kind}_configs`, section);
    expect(told(await notifier.notify(FIRING, NEVER))).toMatch(
      /^never (?:other|clientError): .*can't evaluate field Nope/,
    );
    expect(received.filter(({ path }) => path !== '/search')).toEqual([]);
  });
});
