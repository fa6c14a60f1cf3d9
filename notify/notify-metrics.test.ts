import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { NotifyRig, notificationConfig } from '../test/notify-rig.ts';
import { notifyMetrics } from './notify-metrics.ts';

const TEXT = `
receivers: [{name: r, webhook_configs: [{url: 'http://r'}]}]
route: {receiver: r, group_by: [id], group_wait: 3s, group_interval: 6s}
`;

describe('notifyMetrics', () => {
  test('count what the engine did, under the names of Alertmanager', async () => {
    const registry = new Registry();
    const rig = new NotifyRig();
    const metrics = notifyMetrics(registry, { nowMs: () => rig.clock.nowMs() }, () => rig.engine);
    metrics.know(
      notificationConfig(
        `${TEXT}\ninhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d]}]`,
      ),
    );
    await rig.start(TEXT, { observe: metrics.observe });
    rig.engine.silences.set({
      id: '',
      matchers: [{ type: '=', name: 'id', value: 'B' }],
      startsAtMs: undefined,
      endsAtMs: rig.clock.nowMs() + 60_000,
      createdBy: '',
      comment: '',
    });
    rig.answer = ({ alerts }) => {
      return Promise.resolve(
        alerts[0]?.labels.get('id') === 'A'
          ? { kind: 'sent' }
          : { kind: 'failed', retry: false, reason: 'clientError', message: 'no' },
      );
    };
    for (const id of ['A', 'B', 'C']) rig.fire(id);
    await rig.until(4);

    const text = await registry.metrics();

    for (const line of [
      'alertmanager_notifications_total{integration="webhook"} 2',
      'alertmanager_receivers 1',
      'alertmanager_integrations 1',
      'alertmanager_inhibition_rules 1',
      'alertmanager_notifications_failed_total{integration="webhook",reason="clientError"} 1',
      'alertmanager_notifications_failed_total{integration="webhook",reason="serverError"} 0',
      'alertmanager_notification_requests_total{integration="webhook"} 2',
      'alertmanager_notification_requests_failed_total{integration="webhook"} 1',
      'alertmanager_notifications_suppressed_total{reason="silence"} 1',
      'alertmanager_notifications_suppressed_total{reason="inhibition"} 0',
      'alertmanager_notification_latency_seconds_count{integration="webhook"} 2',
      'alertmanager_dispatcher_aggregation_groups 3',
      'alertmanager_alerts{state="active"} 2',
      'alertmanager_alerts{state="suppressed"} 1',
      'alertmanager_silences{state="active"} 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
