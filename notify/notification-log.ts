/** What each receiver was last told of each group, so that nothing is told twice. */
import type { Integration, NotifierData } from './notifier.ts';

/** The last message that a receiver took. */
export interface LogEntry {
  /** Fingerprints of the alerts that it named as firing, and as resolved. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** The flush that sent it, and when it had been sent. */
  readonly tickMs: number;
  readonly sentAtMs: number;
  readonly data: NotifierData;
}

/** The last message that was sent without success, or is on its way. */
export interface LogAttempt {
  readonly id: string;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** The receiver is known not to have taken it; else nobody knows whether it arrived. */
  readonly isRefused?: boolean;
}

export interface LogRecord {
  readonly key: string;
  readonly entry: LogEntry | undefined;
  readonly attempt: LogAttempt | undefined;
  readonly expiresAtMs: number;
}

/** Names the integration within a group. */
export function logKey(groupKey: string, integration: Integration): string {
  const { receiver, kind, index } = integration;
  return `${groupKey}:${receiver}/${kind}/${index}`;
}

/** Nothing fires for longer: ten years. */
const KEEP_MS_MAX = 10 * 365 * 86_400_000;

export class NotificationLog {
  readonly #records = new Map<string, LogRecord>();
  readonly #retentionMs: number;
  readonly #changed: (key: string) => void;

  /** @param changed told of each record that is new, other, or gone */
  constructor(retentionMs: number, changed: (key: string) => void) {
    this.#retentionMs = retentionMs;
    this.#changed = changed;
  }

  restore(records: Iterable<LogRecord>): void {
    for (const record of records) this.#records.set(record.key, record);
  }

  get(key: string): LogRecord | undefined {
    return this.#records.get(key);
  }

  /**
   * Takes note of a message before it is sent.
   * @returns its id: that of the last attempt if the message is the same and may have arrived
   */
  begin(key: string, attempt: LogAttempt, nowMs: number): string {
    const old = this.#records.get(key);
    const last = old?.attempt;
    const isAgain = last !== undefined && isSame(last, attempt);
    if (isAgain && last.isRefused !== true) return last.id;
    const { id } = isAgain ? last : attempt;
    const expiresAtMs = old?.expiresAtMs ?? nowMs + this.#retentionMs;
    this.#set({ key, entry: old?.entry, attempt: { ...attempt, id }, expiresAtMs });
    return id;
  }

  /**
   * Takes note that a message has not arrived.
   * @param before what was on its way before it, of which that may not be known
   */
  refused(key: string, before: LogAttempt | undefined): void {
    const record = this.#records.get(key);
    if (record?.attempt === undefined) return;
    const attempt =
      before === undefined || before.isRefused === true
        ? { ...record.attempt, isRefused: true }
        : before;
    this.#set({ ...record, attempt });
  }

  /**
   * Takes note of a message that has arrived. Kept for two repeats: then it would repeat anyway.
   * @param repeatIntervalMs Infinity: kept until the next message
   */
  done(key: string, entry: LogEntry, repeatIntervalMs: number): void {
    const isEndless = repeatIntervalMs === Number.POSITIVE_INFINITY;
    const keepMs = isEndless ? KEEP_MS_MAX : Math.min(this.#retentionMs, 2 * repeatIntervalMs);
    this.#set({ key, entry, attempt: undefined, expiresAtMs: entry.sentAtMs + keepMs });
  }

  collect(nowMs: number): void {
    for (const { key, expiresAtMs } of this.#records.values()) {
      if (expiresAtMs > nowMs) continue;
      this.#records.delete(key);
      this.#changed(key);
    }
  }

  #set(record: LogRecord): void {
    this.#records.set(record.key, record);
    this.#changed(record.key);
  }
}

function isSame(a: LogAttempt, b: LogAttempt): boolean {
  return a.firing.join() === b.firing.join() && a.resolved.join() === b.resolved.join();
}
