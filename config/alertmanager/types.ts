/** Alertmanager's sections, understood. Durations in milliseconds; file paths absolute. */
import type { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import type { Labels } from '../../model/labels.ts';
import type { NotificationGlobal } from './read-global.ts';
import type { ReceiverConfig } from './read-receivers.ts';

export interface NotificationConfig {
  readonly global: NotificationGlobal;
  /** The root, which every alert enters. */
  readonly route: RouteConfig;
  /** Names are unique; every receiver that a route names is here. */
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRuleConfig[];
  /** Those of `mute_time_intervals` too; names are unique. */
  readonly timeIntervals: readonly NamedTimeInterval[];
  /** Absolute patterns of template files. */
  readonly templates: readonly string[];
  /** Alertmanager's sections as they were written, every secret as `<secret>`. */
  readonly original: string;
}

/** A node of the routing tree as written: undefined is inherited from the parent. */
export interface RouteConfig {
  /** '' is inherited. */
  readonly receiver: string;
  /** `all` is `['...']`. */
  readonly groupBy: readonly string[] | 'all' | undefined;
  readonly groupWaitMs: number | undefined;
  readonly groupIntervalMs: number | undefined;
  readonly repeatIntervalMs: number | undefined;
  /** Of an alarm policy, in place of the interval; not inherited. */
  readonly repeat?: RepeatPlan | undefined;
  /** Ours: undefined is inherited. */
  readonly escalate?: readonly EscalationStep[] | undefined;
  /** `match`, `match_re` and `matchers`, sorted. */
  readonly matchers: readonly AlertMatcher[];
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly labels: Labels;
  readonly routes: readonly RouteConfig[];
}

/** Who is told of an alert that has fired for so long and that nobody has acknowledged. */
export interface EscalationStep {
  readonly afterMs: number;
  readonly receiver: string;
}

/** When somebody is told again of what goes on. */
export interface RepeatPlan {
  /** `exponential`: when it has lasted 1, 2, 4, 8 … intervals. */
  readonly mode: 'never' | 'interval' | 'exponential';
  readonly intervalMs: number;
  /** Repeats after the first message; 0: any number. */
  readonly max: number;
  /** What has lasted for so long is told more rarely, and in the end no more (0: it is). */
  readonly decay:
    | { readonly afterMs: number; readonly intervalMs: number; readonly stopAfterMs: number }
    | undefined;
}

export interface InhibitRuleConfig {
  readonly name: string;
  readonly sourceMatchers: readonly AlertMatcher[];
  readonly targetMatchers: readonly AlertMatcher[];
  readonly equal: readonly string[];
}

export interface NamedTimeInterval {
  readonly name: string;
  /** One of them is enough. */
  readonly intervals: readonly TimeInterval[];
}

/** Both ends belong to the range. */
export interface InclusiveRange {
  readonly begin: number;
  readonly end: number;
}

/** Minutes of a day, `startMinute` included, `endMinute` not; 24:00 is 1440. */
export interface MinuteRange {
  readonly startMinute: number;
  readonly endMinute: number;
}

/** Every field that is there must match, one of its ranges is enough. */
export interface TimeInterval {
  readonly times: readonly MinuteRange[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays: readonly InclusiveRange[] | undefined;
  /** Below 0: from the end of the month, whose last day is -1. */
  readonly daysOfMonth: readonly InclusiveRange[] | undefined;
  readonly months: readonly InclusiveRange[] | undefined;
  readonly years: readonly InclusiveRange[] | undefined;
  /** IANA name; UTC when absent. */
  readonly location: string | undefined;
}
