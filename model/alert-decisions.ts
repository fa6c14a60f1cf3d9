/**
 * What was decided of alerts, for the answer to "why": the seam between who decides (rules,
 * notifications), who stores and who answers. Times are Unix milliseconds.
 */
import type { AlertMatcher } from './alert-matchers/alert-matcher.ts';
import type { Labels } from './labels.ts';

/** In the order in which they are made at one time. */
export const DECISION_KINDS = [
  /** Of rules: its expression gives it, and `for` is not over. */
  'pending',
  'firing',
  /** The expression gives it no more; `keep_firing_for` is not over. */
  'kept_firing',
  /** The expression gives it again while it was kept. */
  'firing_again',
  'resolved',
  /** Gone before `for` was over. */
  'cleared',
  /** The rule had more alerts than its limit: it has none now. */
  'over_limit',
  /** Relabelling dropped the alert on its way to the receivers. */
  'not_sent',
  /** Of notifications: a route takes it, into the group `groupKey`. */
  'routed',
  'inhibited',
  'silenced',
  /** By an interval of its route. */
  'muted',
  /** The receiver knows already, for `reason`. */
  'unchanged',
  /** One attempt that failed; another may follow. */
  'attempt_failed',
  /** The receiver was told, for `reason`, that the alert fires; that it is resolved. */
  'sent',
  'sent_resolved',
  /** Given up until the next flush. */
  'failed',
  /** No group: there are too many. */
  'no_group',
  /** Somebody has taken it upon themselves; has given it back. */
  'acknowledged',
  'unacknowledged',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** One decision about one alert. What does not apply is '', 0, empty or NaN. */
export interface AlertDecision {
  readonly atMs: number;
  /** 16 hexadecimal digits; equal for the rule's alert and what receivers are told of. */
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly kind: DecisionKind;
  /** Why, in words. */
  readonly reason: string;
  /** The value of the rule's expression; NaN for none. */
  readonly value: number;
  /** File and group of the rule: `rules.yml;node`. */
  readonly ruleGroup: string;
  readonly receiver: string;
  /** `webhook[0]` */
  readonly integration: string;
  readonly groupKey: string;
  /** Ids of silences, fingerprints of inhibiting alerts, names of intervals. */
  readonly by: readonly string[];
  readonly attemptCount: number;
}

/** Takes decisions. It returns at once; when there are too many at a time, it drops and counts. */
export interface AlertDecisionSink {
  append(decisions: readonly AlertDecision[]): void;
}

/** An alert that something was decided of. */
export interface DecidedAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  /** Of its last decision in the range. */
  readonly lastMs: number;
}

/** A message that was sent, and the alerts in it. */
export interface SentMessage {
  readonly atMs: number;
  readonly receiver: string;
  readonly integration: string;
  readonly groupKey: string;
  readonly alerts: readonly Labels[];
}

/** Reads decisions; what was made in the last seconds may be missing. */
export interface AlertDecisionSource {
  /** Alerts that all matchers match, the last decided of first. Of one name, if a matcher says so. */
  alerts(
    matchers: readonly AlertMatcher[],
    range: { readonly fromMs: number; readonly toMs: number },
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly DecidedAlert[]>;
  /** The last ones up to a time, in order of time. */
  decisions(
    fingerprint: string,
    toMs: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly AlertDecision[]>;
  /** Messages that went out, newest first, with one alert at least that all matchers match. */
  sentMessages(
    matchers: readonly AlertMatcher[],
    range: { readonly fromMs: number; readonly toMs: number },
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SentMessage[]>;
}
