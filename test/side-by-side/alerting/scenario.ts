/** What a scenario does to two alert managers at once, and what both are to tell. */
import type { Answer, DelayedAnswer } from './webhook-sink.ts';

/** The labels of an alert besides `alertname`, `scenario` and `id`. */
export interface FireOptions {
  /** Seconds since the start of the scenario; the time of the step when absent. */
  readonly startsAt?: number;
  /** `never`: nothing is said of an end. An hour on when absent. */
  readonly endsAt?: number | 'never';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface SilenceOptions {
  readonly matchers: Readonly<Record<string, string>>;
  readonly endsAt: number;
}

/** One of the two, as a scenario sees it. Times are seconds since the scenario's start. */
export interface Side {
  fire(id: string, options?: FireOptions): Promise<void>;
  /** Ends an alert that began at `startsAt`. */
  resolve(id: string, startsAt: number, labels?: FireOptions['labels']): Promise<void>;
  silence(options: SilenceOptions): Promise<void>;
  /** Ends the silence that the scenario made last. */
  expire(): Promise<void>;
  readonly url: string;
}

export interface Step {
  /** Seconds since the start. */
  readonly at: number;
  readonly run: (side: Side) => Promise<void>;
}

export interface Expectation {
  /**
   * `9 A3: firing A -B`: in second 9 the receiver of the path A3 is told that A fires and B is
   * resolved; `!400` or `!hang` at the end when it does not take the message.
   */
  readonly told: readonly string[];
  readonly reason: string;
}

export interface Scenario {
  /** As in the list of scenarios: A1, R5. Also the label `scenario`, and the path of the receiver. */
  readonly id: string;
  readonly title: string;
  /** Fields of the scenario's route as flow YAML: `group_wait: 3s, …`. */
  readonly route?: string;
  /** Further receivers: paths, which are their names. */
  readonly receivers?: readonly string[];
  /** Fields of the webhook. */
  readonly webhook?: string;
  readonly inhibitRules?: readonly string[];
  readonly timeIntervals?: readonly string[];
  readonly steps: readonly Step[];
  /** Seconds after which nothing is expected any more. */
  readonly until: number;
  readonly told: readonly string[];
  /** Where we differ on purpose. */
  readonly ours?: Expectation;
  /** Where the version of the peer differs from the one that we follow. */
  readonly theirs?: Expectation;
  /** Seconds by which times may differ. */
  readonly tolerance?: number;
  /** Times of alerts are when each side heard of them. */
  readonly isTimeOwn?: boolean;
  /** Only messages that were taken are looked at: attempts come at random times. */
  readonly takenOnly?: boolean;
  /** @param at seconds since the start of the scenario */
  readonly answer?: (path: string, at: number, before: number) => Answer | DelayedAnswer;
}

export const BASE_ROUTE =
  'group_by: [alertname], group_wait: 3s, group_interval: 6s, repeat_interval: 1h';

export function step(at: number, run: Step['run']): Step {
  return { at, run };
}

export function fire(at: number, id: string, options?: FireOptions): Step {
  return step(at, (side) => side.fire(id, options));
}

export function resolve(
  at: number,
  id: string,
  startsAt = 0,
  labels?: FireOptions['labels'],
): Step {
  return step(at, (side) => side.resolve(id, startsAt, labels));
}
