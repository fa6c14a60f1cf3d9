/** Alarms about the program itself, told like those of rules. */
import type { AlertSink } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import { Labels } from '../model/labels.ts';
import type { Store } from '../store/store.ts';

/** How often we look. */
const LOOK_MS = 15_000;
/** What has been wrong for less time is not told: a database restarts, a disk is full for a moment. */
const WRONG_MS_MIN = 60_000;
/** Should we end without a word, the alarm ends after so long. */
const VALID_MS = 4 * LOOK_MS;

export interface OwnAlarmsOptions {
  readonly store: Pick<Store, 'status'>;
  readonly alerts: AlertSink;
  readonly clock: Clock;
  /** As people open the program. */
  readonly externalUrl: URL;
}

/**
 * One alarm when the store does not take or give data, in place of one from every rule: rules whose
 * data cannot be read keep their alerts as they are.
 */
export class OwnAlarms {
  readonly #options: OwnAlarmsOptions;
  #cancel: () => void = () => undefined;
  /** Since when something is wrong. */
  #wrongSinceMs: number | undefined;
  /** When the alarm began, while it is told. */
  #firedAtMs: number | undefined;

  constructor(options: OwnAlarmsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.schedule(LOOK_MS, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const nowMs = this.#options.clock.nowMs();
    const problem = this.#problem();
    if (problem === undefined) {
      if (this.#firedAtMs !== undefined) this.#tell(this.#firedAtMs, nowMs, 'The store is back.');
      this.#wrongSinceMs = undefined;
      this.#firedAtMs = undefined;
      return;
    }
    this.#wrongSinceMs ??= nowMs;
    if (nowMs - this.#wrongSinceMs < WRONG_MS_MIN) return;
    this.#firedAtMs ??= nowMs;
    this.#tell(this.#firedAtMs, nowMs + VALID_MS, problem);
  }

  #problem(): string | undefined {
    const { isDegraded, isInsertFailing } = this.#options.store.status();
    if (isDegraded) return 'The spool takes no data: its disk is full, or cannot be written.';
    if (isInsertFailing) return 'ClickHouse takes no data; they wait in the spool.';
    return undefined;
  }

  #tell(startsAtMs: number, endsAtMs: number, description: string): void {
    const { alerts, clock, externalUrl } = this.#options;
    alerts.send([
      {
        labels: Labels.fromRecord({
          alertname: 'WatchkeeperStoreUnavailable',
          instance: externalUrl.host,
          severity: 'critical',
        }),
        annotations: Labels.fromRecord({
          summary: 'Watchkeeper cannot use its store',
          description,
        }),
        startsAtMs,
        endsAtMs,
        generatorUrl: externalUrl.href,
        updatedAtMs: clock.nowMs(),
        timesOut: false,
      },
    ]);
  }
}
