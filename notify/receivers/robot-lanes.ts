/**
 * Robots of chats take few messages a minute, and then none for minutes. Messages beyond that wait
 * and go together as one; none is dropped.
 */
import { type Clock, SYSTEM_CLOCK } from '../../model/clock.ts';
import type { NotifyResult } from '../notifier.ts';
import { digest, type RobotMessage } from './robot-message.ts';

/** So many at once within a minute; what comes then goes together, so far apart. */
export interface LaneLimits {
  readonly burst: number;
  readonly windowMs: number;
  readonly spacingMs: number;
}

export type SendRobotMessage = (message: RobotMessage) => Promise<NotifyResult>;

interface Waiting {
  readonly message: RobotMessage;
  readonly send: SendRobotMessage;
  readonly done: (result: Promise<NotifyResult> | NotifyResult) => void;
}

/** The messages to one robot. */
export class RobotLane {
  readonly #limits: LaneLimits;
  readonly #clock: Clock;
  /** When messages went out, by the monotonic clock. */
  #sentAtMs: number[] = [];
  #waiting: Waiting[] = [];
  #freeAtMs = 0;
  #isScheduled = false;

  constructor(limits: LaneLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** @param signal while it waits, the message is given up */
  deliver(
    message: RobotMessage,
    send: SendRobotMessage,
    signal: AbortSignal,
  ): Promise<NotifyResult> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { message, send, done: (result) => resolve(result) };
      signal.addEventListener('abort', () => {
        if (!this.#waiting.includes(waiting)) return;
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        const words = 'the robot takes no more messages now';
        resolve({ kind: 'failed', retry: true, reason: 'rateLimited', message: words });
      });
      this.#waiting.push(waiting);
      try {
        this.#flush();
      } catch (error) {
        reject(error as Error);
      }
    });
  }

  /** Whether one more may go at once, such as a picture; it then counts as a message. */
  takeSpare(): boolean {
    if (this.#waiting.length > 0 || this.#sentAtMs.length >= this.#limits.burst) return false;
    this.#sentAtMs.push(this.#clock.monotonicMs());
    return true;
  }

  #flush(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    const delayMs = this.#delayMs();
    if (delayMs > 0) {
      this.#isScheduled = true;
      this.#clock.schedule(delayMs, () => {
        this.#isScheduled = false;
        this.#flush();
      });
      return;
    }
    const due = this.#waiting;
    this.#waiting = [];
    this.#sentAtMs.push(this.#clock.monotonicMs());
    const [first] = due;
    if (first === undefined) return;
    const message = due.length === 1 ? first.message : digest(due.map((one) => one.message));
    const result = first.send(message);
    void result.then(
      (answer) => this.#note(answer),
      () => undefined,
    );
    for (const { done } of due) done(result);
  }

  #delayMs(): number {
    const { burst, windowMs, spacingMs } = this.#limits;
    const nowMs = this.#clock.monotonicMs();
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => atMs > nowMs - windowMs);
    const last = this.#sentAtMs.at(-1);
    const isFree = last === undefined || this.#sentAtMs.length < burst;
    return Math.max(this.#freeAtMs, isFree ? 0 : last + spacingMs) - nowMs;
  }

  /** A robot that has been asked too often stays away from all of its messages. */
  #note(result: NotifyResult): void {
    if (result.kind === 'sent' || result.retryAfterMs === undefined) return;
    this.#freeAtMs = this.#clock.monotonicMs() + result.retryAfterMs;
  }
}

/** By URL, for several receivers may use one robot. */
export class RobotLanes {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, RobotLane>();

  constructor(clock: Clock = SYSTEM_CLOCK) {
    this.#clock = clock;
  }

  of(url: string, limits: LaneLimits): RobotLane {
    const known = this.#lanes.get(url);
    if (known !== undefined) return known;
    const lane = new RobotLane(limits, this.#clock);
    this.#lanes.set(url, lane);
    return lane;
  }
}
