/** Who is told of policies' alarms: routes before those of the configuration. */
import type {
  InhibitRuleConfig,
  NamedTimeInterval,
  NotificationConfig,
  RouteConfig,
} from '../../config/alertmanager/types.ts';
import { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import { Labels } from '../../model/labels.ts';
import type { ActiveTime, AlarmPolicy, PolicyRepeat, Severity } from './alarm-policy.ts';

/**
 * The configuration with a route for each receiver of each policy. Policies without receivers go
 * the way of all other alerts. Receivers that are not there are left out: such a policy says so.
 */
export function withPolicies(
  config: NotificationConfig,
  policies: readonly AlarmPolicy[],
): NotificationConfig {
  const known = new Set(config.receivers.map(({ name }) => name));
  const routes = policies.flatMap((policy) => policyRoutes(policy, known));
  const { route } = config;
  return {
    ...config,
    route: { ...route, routes: [...routes, ...route.routes] },
    inhibitRules: [...config.inhibitRules, ...policies.flatMap(inhibitRules)],
    timeIntervals: [...config.timeIntervals, ...policies.flatMap(timeIntervals)],
  };
}

/** Receivers of a policy that the configuration does not have. */
export function missingReceivers(
  policy: AlarmPolicy,
  config: NotificationConfig,
): readonly string[] {
  const known = new Set(config.receivers.map(({ name }) => name));
  return policy.spec.notification.templates.map(({ id }) => id).filter((id) => !known.has(id));
}

function policyRoutes(policy: AlarmPolicy, known: ReadonlySet<string>): readonly RouteConfig[] {
  const { id, spec } = policy;
  const { templates, group, repeat } = spec.notification;
  const told = templates.filter((template) => known.has(template.id));
  const isMuted = spec.activeTime?.outside === 'mute';
  if (told.length === 0 && !isMuted && spec.maintenance.length === 0) return [];
  const base: RouteConfig = {
    receiver: '',
    groupBy: [...new Set(['policy_id', ...group.by])],
    groupWaitMs: group.waitMs,
    groupIntervalMs: group.intervalMs,
    repeatIntervalMs: repeat.intervalMs,
    repeat: repeatPlan(repeat, periodMs(policy)),
    matchers: [new AlertMatcher('=', 'policy_id', id)],
    continue: false,
    muteTimeIntervals: spec.maintenance,
    activeTimeIntervals: isMuted ? [intervalName(id)] : [],
    labels: Labels.EMPTY,
    routes: [],
  };
  if (told.length === 0) return [base];
  return told.map((template, at) => ({
    ...base,
    receiver: template.id,
    matchers: [...base.matchers, ...levelMatchers(template.levels)],
    continue: at < told.length - 1,
  }));
}

function levelMatchers(levels: readonly Severity[] | undefined): readonly AlertMatcher[] {
  return levels === undefined ? [] : [new AlertMatcher('=~', 'severity', levels.join('|'))];
}

/** What "one period" is to exponential repeats. */
function periodMs({ spec }: AlarmPolicy): number {
  return spec.conditions[0]?.periodMs ?? 60_000;
}

function repeatPlan(repeat: PolicyRepeat, basePeriodMs: number): RouteConfig['repeat'] {
  const { mode, intervalMs, max, decay } = repeat;
  if (mode === 'interval' && max === 0 && decay === undefined) return undefined;
  return { mode, intervalMs: mode === 'exponential' ? basePeriodMs : intervalMs, max, decay };
}

function intervalName(id: string): string {
  return `policy/${id}`;
}

function timeIntervals({ id, spec: { activeTime } }: AlarmPolicy): readonly NamedTimeInterval[] {
  if (activeTime?.outside !== 'mute') return [];
  return [{ name: intervalName(id), intervals: activeTime.windows.map(windowOf(activeTime)) }];
}

function windowOf({ timezone }: ActiveTime) {
  return ({ weekdays, startMinute, endMinute }: ActiveTime['windows'][number]) => ({
    times: [{ startMinute, endMinute }],
    // Sunday is 7 in policies and 0 there.
    weekdays: weekdays.map((day) => ({ begin: day % 7, end: day % 7 })),
    daysOfMonth: undefined,
    months: undefined,
    years: undefined,
    location: timezone,
  });
}

function inhibitRules({ id, spec }: AlarmPolicy): readonly InhibitRuleConfig[] {
  return spec.dependsOn.map(({ policy, equal }) => ({
    name: `policy/${id}`,
    sourceMatchers: [new AlertMatcher('=', 'policy_id', policy)],
    targetMatchers: [new AlertMatcher('=', 'policy_id', id)],
    equal,
  }));
}
