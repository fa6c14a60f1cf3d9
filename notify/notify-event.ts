/** Every decision of the engine, as it is made: for metrics, history, and the answer to "why". */
import type { Labels } from '../model/labels.ts';
import type { FailureReason, NotificationReason } from './notifier.ts';

export type SuppressionReason =
  | 'silence'
  | 'inhibition'
  | 'mute_time_interval'
  | 'active_time_interval';

/** The group that a decision is about. */
export interface GroupName {
  readonly groupKey: string;
  readonly receiver: string;
}

/** The integration that a decision is about. */
export interface IntegrationName extends GroupName {
  readonly integration: string;
  readonly index: number;
}

export type NotifyEvent =
  /** A group's time has come. */
  | (GroupName & { readonly kind: 'flushed'; readonly nowMs: number; readonly alertCount: number })
  /** An alert is new in a group. */
  | (GroupName & {
      readonly kind: 'routed';
      readonly fingerprint: string;
      readonly labels: Labels;
      readonly nowMs: number;
    })
  /** Alerts are left out of a flush; `by` are ids of silences, fingerprints, or interval names. */
  | (GroupName & {
      readonly kind: 'suppressed';
      readonly reason: SuppressionReason;
      readonly fingerprints: readonly string[];
      readonly by: readonly string[];
      /** What of `by` keeps each of the alerts silent. */
      readonly causes: readonly (readonly string[])[];
      readonly nowMs: number;
    })
  /** The receiver knows already. */
  | (IntegrationName & {
      readonly kind: 'unchanged';
      /** In words. */
      readonly because: string;
      readonly firing: readonly string[];
      readonly resolved: readonly string[];
      readonly nowMs: number;
    })
  /** A message is to be sent. */
  | (IntegrationName & {
      readonly kind: 'notifying';
      readonly reason: NotificationReason;
      readonly firing: readonly string[];
      readonly resolved: readonly string[];
      readonly nowMs: number;
    })
  | (IntegrationName & {
      readonly kind: 'attempted';
      readonly durationMs: number;
      /** Undefined for success. */
      readonly problem: string | undefined;
      readonly nowMs: number;
    })
  | (IntegrationName & {
      readonly kind: 'sent';
      readonly attemptCount: number;
      readonly nowMs: number;
    })
  /** Given up for this flush; the next one tries again. */
  | (IntegrationName & {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      readonly attemptCount: number;
      readonly nowMs: number;
    })
  /** An alert has no group because there are too many. */
  | (GroupName & {
      readonly kind: 'groupLimited';
      readonly fingerprint: string;
      readonly labels: Labels;
      readonly nowMs: number;
    })
  /** An alert is not taken because too many have its name. */
  | { readonly kind: 'alertLimited'; readonly alertName: string; readonly nowMs: number }
  /** State could not be kept; the engine goes on from memory and tries again. */
  | { readonly kind: 'storeFailed'; readonly message: string; readonly nowMs: number };

export type NotifyObserver = (event: NotifyEvent) => void;
