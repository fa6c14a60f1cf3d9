/** How many lines of sending a receiver needs, by what comes in and how long it takes. */

/** Weight of the newest ten seconds. */
const NEWEST_WEIGHT = 0.2;
/** Of what waits, so much is to be worked off each second. */
const BACKLOG_PER_SECOND = 0.05;
/** Smaller changes are not worth it. */
const TOLERANCE = 0.3;

export interface Traffic {
  readonly samplesIn: number;
  readonly samplesOut: number;
  /** Of all requests together. */
  readonly sendingMs: number;
  readonly pending: number;
}

/** The formula of Prometheus' queue manager. */
export class ShardCount {
  readonly #min: number;
  readonly #max: number;
  #inPerSecond = 0;
  #outPerSecond = 0;
  #sendingSecondsPerSecond = 0;
  #isFirst = true;
  desired = 0;

  constructor(min: number, max: number) {
    this.#min = min;
    this.#max = max;
  }

  /** @param intervalMs that the traffic was counted over */
  next(current: number, traffic: Traffic, intervalMs: number): number {
    const seconds = intervalMs / 1000;
    this.#inPerSecond = this.#average(this.#inPerSecond, traffic.samplesIn / seconds);
    this.#outPerSecond = this.#average(this.#outPerSecond, traffic.samplesOut / seconds);
    const sending = traffic.sendingMs / 1000 / seconds;
    this.#sendingSecondsPerSecond = this.#average(this.#sendingSecondsPerSecond, sending);
    this.#isFirst = false;
    if (this.#outPerSecond <= 0) return current;
    const secondsPerSample = this.#sendingSecondsPerSecond / this.#outPerSecond;
    const wanted = this.#inPerSecond + BACKLOG_PER_SECOND * traffic.pending;
    this.desired = secondsPerSample * wanted;
    const rounded = Math.ceil(this.desired);
    if (rounded >= current * (1 - TOLERANCE) && rounded <= current * (1 + TOLERANCE)) {
      return current;
    }
    return Math.min(Math.max(rounded, this.#min), this.#max);
  }

  #average(before: number, newest: number): number {
    return this.#isFirst ? newest : before + NEWEST_WEIGHT * (newest - before);
  }
}
