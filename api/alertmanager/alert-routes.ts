/** `/alerts`: what fires, by itself or in its groups, and alerts from elsewhere. */
import { Hono } from 'hono';
import { isResolvedAt } from '../../model/alert.ts';
import { compareUtf8 } from '../../model/labels.ts';
import { acceptAlerts } from '../../notify/accept-alerts.ts';
import type { AlertGroup } from '../../notify/alert-group.ts';
import { compareAlerts, compareLabelSets } from '../../notify/alert-order.ts';
import { groupRouteLabels } from '../../notify/receivers/message-data.ts';
import { jsonAnswer } from '../server/body-answer.ts';
import { alertJson, labelsJson, type ShownAlert } from './alert-json.ts';
import { type AlertSelection, alertSelection } from './alert-selection.ts';
import type { AlertmanagerDeps } from './alertmanager-deps.ts';
import { emptyAnswer, textAnswer } from './body-error.ts';
import { switchParam } from './query-params.ts';
import { readJsonBody } from './read-json.ts';
import { readPostedAlerts } from './read-posted-alerts.ts';

export function alertRoutes(deps: AlertmanagerDeps): Hono {
  const app = new Hono();
  const { source } = deps;

  app.get('/alerts', (c) => {
    const selection = alertSelection(c, deps);
    const shown: ShownAlert[] = [];
    for (const [fingerprint, alert] of source.engine.alerts()) {
      const receivers = source.engine.routesOf(alert.labels).map(({ options }) => options.receiver);
      if (!receivers.some(selection.takesReceiver)) continue;
      const silencers = selection.take(fingerprint, alert);
      if (silencers === undefined) continue;
      const acknowledgement = source.engine.acknowledgementOf(fingerprint);
      shown.push({ fingerprint, alert, silencers, receivers, mutedBy: [], acknowledgement });
    }
    shown.sort((a, b) => compareUtf8(a.fingerprint, b.fingerprint));
    return jsonAnswer(c, JSON.stringify(shown.map(alertJson)));
  });

  app.get('/alerts/groups', (c) => {
    const selection = alertSelection(c, deps);
    const groups = shownGroups(deps, selection, switchParam(c, 'muted'));
    return jsonAnswer(c, JSON.stringify(groups));
  });

  app.post('/alerts', async (c) => {
    const posted = await readJsonBody(c, 'alerts', readPostedAlerts);
    const nowMs = deps.now();
    const { resolveTimeoutMs } = source.config.global;
    const { alerts, problems } = acceptAlerts(posted, nowMs, resolveTimeoutMs);
    const resolvedCount = alerts.filter((alert) => isResolvedAt(alert, nowMs)).length;
    deps.received.count(alerts.length - resolvedCount, resolvedCount, problems.length);
    source.engine.send(alerts);
    // What has been acknowledged survives a crash.
    await source.engine.settled();
    return problems.length === 0 ? emptyAnswer(c, 200) : textAnswer(c, 400, problems.join('\n'));
  });
  return app;
}

interface ChosenGroup {
  readonly group: AlertGroup;
  readonly alerts: readonly Omit<ShownAlert, 'receivers'>[];
}

function shownGroups(
  { source, now }: AlertmanagerDeps,
  selection: AlertSelection,
  takesMuted: boolean,
) {
  const chosen: ChosenGroup[] = [];
  const receiversOf = new Map<string, string[]>();
  for (const group of source.engine.groups()) {
    const { receiver } = group.route.options;
    if (!selection.takesReceiver(receiver)) continue;
    const mutedBy = source.engine.muteOf(group)?.by ?? [];
    const alerts: Omit<ShownAlert, 'receivers'>[] = [];
    for (const [fingerprint, alert] of group.alerts) {
      const silencers = selection.take(fingerprint, alert);
      if (silencers === undefined) continue;
      const acknowledgement = source.engine.acknowledgementOf(fingerprint);
      alerts.push({ fingerprint, alert, silencers, mutedBy, acknowledgement });
      const receivers = receiversOf.get(fingerprint) ?? [];
      receivers.push(receiver);
      receiversOf.set(fingerprint, receivers);
    }
    if (alerts.length === 0 || (mutedBy.length > 0 && !takesMuted)) continue;
    alerts.sort((a, b) => compareAlerts(a.alert.labels, b.alert.labels));
    chosen.push({ group, alerts });
  }
  chosen.sort((a, b) => compareGroups(a.group, b.group));
  return chosen.map(({ group, alerts }) => ({
    alerts: alerts.map((shown) => {
      const receivers = (receiversOf.get(shown.fingerprint) ?? []).sort(compareUtf8);
      return alertJson({ ...shown, receivers });
    }),
    labels: labelsJson(group.groupLabels),
    receiver: { name: group.route.options.receiver },
    routeLabels: labelsJson(groupRouteLabels(group, now(), source)),
  }));
}

function compareGroups(a: AlertGroup, b: AlertGroup): number {
  const order = compareLabelSets(a.groupLabels, b.groupLabels);
  return order === 0 ? compareUtf8(a.route.options.receiver, b.route.options.receiver) : order;
}
