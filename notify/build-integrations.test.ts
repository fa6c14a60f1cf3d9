import { describe, expect, test } from 'vitest';
import { notificationConfig } from '../test/notify-rig.ts';
import { buildIntegrations } from './build-integrations.ts';
import type { Notifier } from './notifier.ts';

const TEXT = `
route: {receiver: r}
receivers:
- name: empty
- name: r
  webhook_configs:
  - url: http://a
  - {url: http://b, send_resolved: false}
  webex_configs:
  - {room_id: x, http_config: {authorization: {credentials: y}}}
`;

const notifier: Notifier = { notify: () => Promise.resolve({ kind: 'sent' }) };

describe('buildIntegrations', () => {
  test('gives every receiver its integrations, numbered within their kind', () => {
    const config = notificationConfig(TEXT);
    const built = buildIntegrations('f', config, {
      webhook: () => notifier,
      webex: () => notifier,
    });
    expect(built.get('empty')).toEqual([]);
    expect(built.get('r')).toEqual([
      { receiver: 'r', kind: 'webhook', index: 0, sendResolved: true, notifier },
      { receiver: 'r', kind: 'webhook', index: 1, sendResolved: false, notifier },
      { receiver: 'r', kind: 'webex', index: 0, sendResolved: true, notifier },
    ]);
  });

  test('names the section and place of a kind that is not supported', () => {
    const config = notificationConfig(TEXT);
    expect(() => buildIntegrations('f', config, { webhook: () => notifier })).toThrow(
      'alertmanager.yml:10:5: webex_configs is not supported',
    );
  });
});
