/** A notification as templates see it. */
import { Labels } from '../../model/labels.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import { type AlertGroup, notifiedAlert } from '../alert-group.ts';
import type { Notification, NotifiedAlert } from '../notifier.ts';
import {
  buildNotificationData,
  type NotificationData,
  type TemplateAlert,
} from '../template/notification-data.ts';
import type { NotificationTemplates } from '../template/notification-templates.ts';
import type { ReceiverContext } from './receiver.ts';

/**
 * @param alertsMax the message names so many alerts at most, and says how many it leaves out; 0: all.
 *   What alerts have in common is that of those it names
 */
export function messageData(
  notification: Notification,
  { templates, externalUrl }: Pick<ReceiverContext, 'templates' | 'externalUrl'>,
  alertsMax = 0,
): NotificationData {
  const { alerts, groupKey, groupLabels, routeLabels, receiver, reason } = notification;
  const named = alertsMax > 0 ? alerts.slice(0, alertsMax) : alerts;
  const data = buildNotificationData({
    receiver,
    alerts: named.map(templateAlert),
    notificationReason: reason,
    groupLabels,
    routeLabels,
    externalUrl,
    group: { groupKey, truncatedAlertCount: alerts.length - named.length },
  });
  return { ...data, routeLabels: expandRouteLabels(data, templates), areRouteLabelsRendered: true };
}

/** The labels of a group's route, as they are for its alerts of now. */
export function groupRouteLabels(
  group: AlertGroup,
  nowMs: number,
  { templates, externalUrl }: Pick<ReceiverContext, 'templates' | 'externalUrl'>,
): Labels {
  const { receiver, labels: routeLabels } = group.route.options;
  if (routeLabels.size === 0) return routeLabels;
  const data = buildNotificationData({
    receiver,
    alerts: [...group.alerts].map(([fingerprint, alert]) =>
      templateAlert(notifiedAlert(fingerprint, alert, nowMs)),
    ),
    notificationReason: 'unknown',
    groupLabels: group.groupLabels,
    routeLabels,
    externalUrl,
    group: { groupKey: group.key, truncatedAlertCount: 0 },
  });
  return expandRouteLabels(data, templates);
}

function expandRouteLabels(data: NotificationData, templates: NotificationTemplates): Labels {
  // A label that cannot be expanded is left out, as the original does.
  const rendered = [...data.routeLabels.entries()].flatMap(([name]) => {
    try {
      const value = templates.expandText(`{{ routeLabels ${JSON.stringify(name)} }}`, data);
      return [[name, value] as const];
    } catch (error) {
      if (error instanceof TemplateError) return [];
      throw error;
    }
  });
  return Labels.fromEntries(rendered);
}

function templateAlert(alert: NotifiedAlert): TemplateAlert {
  const { status, labels, annotations, startsAtMs, endsAtMs, generatorUrl, fingerprint } = alert;
  return {
    status,
    labels,
    annotations,
    startsAt: GoInstant.fromMs(startsAtMs),
    endsAt: endsAtMs === undefined ? undefined : GoInstant.fromMs(endsAtMs),
    generatorUrl,
    fingerprint,
  };
}
