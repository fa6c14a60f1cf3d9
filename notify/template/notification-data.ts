/** What a notification is about, as templates and webhooks see it. */
import { Labels } from '../../model/labels.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import {
  goBool,
  goPointer,
  goString,
  type PointerValue,
} from '../../model/template/value/go-values.ts';
import { goTime } from '../../model/template/value/time-types.ts';
import { type GroupDetails, goAlert, goAlerts, goData, goKv } from './template-values.ts';

export interface TemplateAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: GoInstant;
  /** Undefined while firing: the zero time. */
  readonly endsAt: GoInstant | undefined;
  readonly generatorUrl: string;
  /** 16 hexadecimal digits. */
  readonly fingerprint: string;
}

export interface NotificationData {
  /** Regular expression characters escaped, for it goes into a filter of a link. */
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly TemplateAlert[];
  /** Why it is sent: `first notification`. */
  readonly notificationReason: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  /** Labels set on the route; their values may be templates. */
  readonly routeLabels: Labels;
  /** `routeLabels` are final, not to be expanded again. */
  readonly areRouteLabelsRendered: boolean;
  readonly externalUrl: string;
  readonly group: GroupDetails;
}

export interface NotificationSource {
  /** The receiver's name as configured. */
  readonly receiver: string;
  readonly alerts: readonly TemplateAlert[];
  readonly notificationReason: string;
  readonly groupLabels: Labels;
  readonly routeLabels: Labels;
  readonly externalUrl: string;
  readonly group: GroupDetails;
}

/** Puts together what is derived: the status, and what all alerts have in common. */
export function buildNotificationData(source: NotificationSource): NotificationData {
  const { alerts } = source;
  return {
    receiver: quoteMeta(source.receiver),
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    notificationReason: source.notificationReason,
    groupLabels: source.groupLabels,
    commonLabels: inAll(alerts.map(({ labels }) => labels)),
    commonAnnotations: inAll(alerts.map(({ annotations }) => annotations)),
    routeLabels: source.routeLabels,
    areRouteLabelsRendered: false,
    externalUrl: source.externalUrl,
    group: source.group,
  };
}

/** Go's `regexp.QuoteMeta`. */
export function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** Pairs that every set has. */
function inAll(sets: readonly Labels[]): Labels {
  const [first, ...others] = sets;
  if (first === undefined) return Labels.EMPTY;
  const common = [...first.entries()].filter(([name, value]) =>
    others.every((labels) => labels.get(name) === value),
  );
  return Labels.fromEntries(common);
}

/** The dot of a template: a pointer to the data, as in the original. */
export function dataValue(data: NotificationData): PointerValue {
  return goPointer(
    goData(
      [
        goString(data.receiver),
        goString(data.status),
        goAlerts(data.alerts.map(alertValue)),
        goString(data.notificationReason),
        goKv(data.groupLabels.entries()),
        goKv(data.commonLabels.entries()),
        goKv(data.commonAnnotations.entries()),
        goKv(data.routeLabels.entries()),
        goString(data.externalUrl),
        goBool(data.areRouteLabelsRendered),
      ],
      data.group,
    ),
  );
}

function alertValue(alert: TemplateAlert) {
  return goAlert([
    goString(alert.status),
    goKv(alert.labels.entries()),
    goKv(alert.annotations.entries()),
    goTime(alert.startsAt),
    goTime(alert.endsAt ?? GoInstant.ZERO),
    goString(alert.generatorUrl),
    goString(alert.fingerprint),
  ]);
}
