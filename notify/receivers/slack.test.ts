import { describe, expect, test } from 'vitest';
import { messageSink } from '../../test/message-sink.ts';
import { notificationOf, notifiedAlert, notifierOfSection } from '../../test/receiver-rig.ts';

const NEVER = new AbortController().signal;
const ALERTS = [notifiedAlert({ alertname: 'A', job: 'x' }), notifiedAlert({ alertname: 'A' })];
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

describe('slack', () => {
  test('posts the default attachment, byte for byte', async () => {
    const { url, received } = await messageSink(() => ({ body: 'ok' }));
    const notifier = await notifierOfSection('slack_configs', `api_url: ${url}/T\nchannel: '#ops'`);
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({ kind: 'sent' });
    const link = 'http://watchkeeper.example:9393/#/alerts?receiver=team%5C.x';
    expect(received[0]?.body).toBe(
      `{"channel":"#ops","username":"Alertmanager","attachments":[{"title":"[FIRING:2] A ","title_link":"${link}","text":"","fallback":"[FIRING:2] A  | ${link}","callback_id":"","footer":"","color":"danger","mrkdwn_in":["fallback","pretext","text"]}]}\n`,
    );
    expect(received[0]).toMatchObject({ method: 'POST', path: '/T' });
  });

  test('fields, actions and all texts are templates', async () => {
    const { url, received } = await messageSink(() => ({ body: 'ok' }));
    const notifier = await notifierOfSection(
      'slack_configs',
      `api_url: ${url}
short_fields: true
link_names: true
message_text: 'hey'
mrkdwn_in: [text]
title: '${'ä'.repeat(1030)}'
image_url: 'http://i/{{ .Status }}.png'
fields: [{title: '{{ .Status }}', value: v}, {title: t, value: v, short: false}]
actions:
- {type: button, text: '{{ .Status }}', url: 'http://u'}
- {type: button, text: Go, name: n, value: v, style: danger, confirm: {text: Sure, title: T, ok_text: Yes, dismiss_text: No}}`,
    );
    await notifier.notify(notificationOf(ALERTS), NEVER);
    expect(received[0]?.json).toMatchObject({
      link_names: true,
      text: 'hey',
      attachments: [
        {
          title: `${'ä'.repeat(1023)}…`,
          image_url: 'http://i/firing.png',
          fields: [
            { title: 'firing', value: 'v', short: true },
            { title: 't', value: 'v', short: false },
          ],
          actions: [
            { type: 'button', text: 'firing', url: 'http://u' },
            {
              type: 'button',
              text: 'Go',
              style: 'danger',
              name: 'n',
              value: 'v',
              confirm: { text: 'Sure', title: 'T', ok_text: 'Yes', dismiss_text: 'No' },
            },
          ],
          mrkdwn_in: ['text'],
        },
      ],
    });
  });

  test('an app is known by its token', async () => {
    const { url, received } = await messageSink(() => ({
      headers: JSON_TYPE,
      body: '{"ok":true}',
    }));
    const notifier = await notifierOfSection('slack_configs', `app_url: ${url}\napp_token: xoxb-1`);
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({ kind: 'sent' });
    expect(received[0]?.headers.authorization).toBe('Bearer xoxb-1');
  });

  test.each([
    [
      { body: 'invalid_token' },
      false,
      'clientError',
      'received an error response from Slack: invalid_token',
    ],
    [
      { headers: JSON_TYPE, body: '{"ok":false,"error":"not_in_channel"}' },
      false,
      'clientError',
      'error response from Slack: not_in_channel',
    ],
    [
      { headers: JSON_TYPE, body: 'x' },
      true,
      'clientError',
      /^could not unmarshal JSON response "x"/,
    ],
    [
      { status: 404, body: 'no_service' },
      false,
      'clientError',
      'unexpected status code 404: no_service',
    ],
    [{ status: 429 }, false, 'rateLimited', 'unexpected status code 429'],
    [{ status: 500 }, true, 'serverError', 'unexpected status code 500'],
  ])('answer %j', async (answer, retry, reason, message) => {
    const { url } = await messageSink(() => answer);
    const notifier = await notifierOfSection('slack_configs', `api_url: ${url}\nchannel: c`);
    const result = await notifier.notify(notificationOf(ALERTS), NEVER);
    expect(result).toMatchObject({ kind: 'failed', retry, reason });
    const { message: told } = result as { message: string };
    expect(told.startsWith('channel "c": ')).toBe(true);
    expect(told.slice('channel "c": '.length)).toMatch(
      typeof message === 'string' ? new RegExp(`^${message}$`) : message,
    );
  });
});
