import { describe, expect, onTestFinished, test } from 'vitest';
import { notificationConfig } from '../test/notify-rig.ts';
import { loadTestReceivers } from '../test/receiver-rig.ts';

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

describe('buildIntegrations', () => {
  test('gives every receiver its integrations, numbered within their kind', async () => {
    const receivers = await loadTestReceivers(notificationConfig(TEXT));
    onTestFinished(() => receivers.close());
    const shown = [...receivers.integrations].map(([name, list]) => [
      name,
      list.map(({ receiver, kind, index, sendResolved }) => [receiver, kind, index, sendResolved]),
    ]);
    expect(shown).toEqual([
      ['empty', []],
      [
        'r',
        [
          ['r', 'webhook', 0, true],
          ['r', 'webhook', 1, false],
          ['r', 'webex', 0, true],
        ],
      ],
    ]);
  });
});
