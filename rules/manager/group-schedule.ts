/** When a group is evaluated: at slots that stay where they are over restarts and replicas. */
import type { Clock } from '../../model/clock.ts';

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const UINT64 = (1n << 64n) - 1n;

/** How far the group's slots lie behind the multiples of the interval: FNV-1a of its key. */
export function slotOffsetMs(groupKey: string, intervalMs: number): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(groupKey)) {
    hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & UINT64;
  }
  return Number(hash % BigInt(intervalMs));
}

/** The last slot at or before the time. */
export function slotBefore(timeMs: number, groupKey: string, intervalMs: number): number {
  const offsetMs = slotOffsetMs(groupKey, intervalMs);
  return Math.floor((timeMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
}

export interface Slot {
  readonly timestampMs: number;
  /** Slots before it that passed without an evaluation. */
  readonly missedCount: number;
}

/**
 * Calls `run` at each slot, never twice at a time. Slots that pass meanwhile are not made up for.
 * When the wall clock goes back nothing runs until it has passed the last slot.
 */
export class GroupSchedule {
  readonly #key: string;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #run: (slot: Slot) => Promise<void>;
  #lastSlotMs = 0;
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param run must not reject */
  constructor(key: string, intervalMs: number, clock: Clock, run: (slot: Slot) => Promise<void>) {
    this.#key = key;
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#run = run;
  }

  start(): void {
    this.#lastSlotMs = slotBefore(this.#clock.nowMs(), this.#key, this.#intervalMs);
    this.#waitForNext();
  }

  /** Resolves when an evaluation that is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  #waitForNext(): void {
    if (this.#isStopped) return;
    const dueMs = this.#lastSlotMs + this.#intervalMs - this.#clock.nowMs();
    // The wall clock may be set while we wait: look at it again after an interval at the latest.
    const delayMs = Math.min(Math.max(0, dueMs), this.#intervalMs);
    this.#cancel = this.#clock.schedule(delayMs, () => {
      this.#running = this.#wake();
    });
  }

  async #wake(): Promise<void> {
    const passed = Math.floor((this.#clock.nowMs() - this.#lastSlotMs) / this.#intervalMs);
    if (passed >= 1) {
      const missedCount = passed - 1;
      this.#lastSlotMs += passed * this.#intervalMs;
      await this.#run({ timestampMs: this.#lastSlotMs, missedCount });
    }
    this.#waitForNext();
  }
}
