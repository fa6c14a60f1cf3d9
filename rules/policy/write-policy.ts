/** An alarm policy as the tree that `readPolicy` takes: for the API, the store and exports. */
import { formatDurationMs } from '../../model/duration.ts';
import type {
  ActiveTime,
  AlarmPolicy,
  EventFilter,
  LabelChoice,
  LabelDemand,
  PolicyCondition,
  PolicyNotification,
  PolicySpec,
  PolicyTarget,
  Threshold,
} from './alarm-policy.ts';

/** Plain values; reading them gives the same policy. */
export function writePolicy(policy: AlarmPolicy): Readonly<Record<string, unknown>> {
  const { id, name, description, labels, enabled, preset, spec } = policy;
  return {
    apiVersion: 'watchkeeper/v1',
    kind: 'AlarmPolicy',
    metadata: { id, name, description, labels, enabled, preset },
    spec: specTree(spec),
  };
}

function specTree(spec: PolicySpec): Readonly<Record<string, unknown>> {
  const { missingData, dependsOn, maintenance, activeTime, events, conditions } = spec;
  return {
    type: spec.type,
    target: targetTree(spec.target),
    ...(conditions.length === 0
      ? {}
      : {
          conditions: {
            logic: spec.logic,
            ...(spec.expression === '' ? {} : { expression: spec.expression }),
            items: conditions.map(conditionTree),
          },
        }),
    missingData: {
      treat: missingData.treat,
      range: missingData.range,
      noDataAfter: formatDurationMs(missingData.noDataAfterMs),
      notify: missingData.notify,
    },
    ...(events.length === 0 ? {} : { events: events.map(eventTree) }),
    severity: spec.severity,
    keepFiringFor: formatDurationMs(spec.keepFiringForMs),
    notification: notificationTree(spec.notification),
    ...(activeTime === undefined ? {} : { activeTime: activeTimeTree(activeTime) }),
    suppression: { dependsOn, maintenance },
    annotations: spec.annotations,
  };
}

function targetTree(target: PolicyTarget): Readonly<Record<string, unknown>> {
  const { clusters, mode, objects, selector, exclude, labelSelector, groupBy } = target;
  return {
    clusters:
      clusters === undefined
        ? { mode: 'all' }
        : { mode: 'selector', selector: clusters.map(demandTree) },
    mode,
    ...(objects.length === 0 ? {} : { objects }),
    ...(selector.length === 0 ? {} : { selector: choiceTree(selector) }),
    ...(exclude.length === 0 ? {} : { exclude: choiceTree(exclude) }),
    ...(labelSelector === '' ? {} : { labelSelector }),
    ...(groupBy === undefined ? {} : { groupBy }),
  };
}

function choiceTree(choice: LabelChoice): unknown {
  return choice.map((inner) => inner.map(demandTree));
}

function demandTree({ name, op, values }: LabelDemand): unknown {
  return { name, op, value: op === 'in' || op === 'notin' ? values : (values[0] ?? '') };
}

function conditionTree(condition: PolicyCondition): unknown {
  const { id, metric, expr, filter, statistic, periodMs, operator, recovery } = condition;
  return {
    id,
    ...(expr === '' ? { metric } : { expr }),
    ...(filter.length === 0 ? {} : { filter: filter.map(demandTree) }),
    statistic,
    period: formatDurationMs(periodMs),
    operator,
    ...thresholdTree(condition),
    datapoints: condition.datapoints,
    ...(recovery === undefined ? {} : { recovery }),
    minSamples: condition.minSamples,
  };
}

function thresholdTree({ operator, hasLevels, thresholds }: PolicyCondition): object {
  if (hasLevels) return { levels: thresholds };
  if (operator === 'present') return {};
  const [threshold = 0]: readonly Threshold[] = Object.values(thresholds);
  return { threshold };
}

function eventTree({ windowMs, ...filter }: EventFilter): unknown {
  return { ...filter, window: formatDurationMs(windowMs) };
}

function notificationTree(notification: PolicyNotification): unknown {
  const { templates, sendResolved, repeat, group } = notification;
  const { decay } = repeat;
  return {
    templates: templates.map(({ id, levels }) => (levels === undefined ? { id } : { id, levels })),
    sendResolved,
    repeat: {
      mode: repeat.mode,
      interval: formatDurationMs(repeat.intervalMs),
      max: repeat.max,
      ...(decay === undefined
        ? {}
        : {
            decay: {
              after: formatDurationMs(decay.afterMs),
              interval: formatDurationMs(decay.intervalMs),
              stopAfter: formatDurationMs(decay.stopAfterMs),
            },
          }),
    },
    group: {
      by: group.by,
      wait: formatDurationMs(group.waitMs),
      interval: formatDurationMs(group.intervalMs),
    },
  };
}

function activeTimeTree({ timezone, windows, outside }: ActiveTime): unknown {
  return {
    timezone,
    windows: windows.map(({ weekdays, startMinute, endMinute }) => ({
      weekdays,
      start: timeText(startMinute),
      end: timeText(endMinute),
    })),
    outside,
  };
}

function timeText(minute: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}
