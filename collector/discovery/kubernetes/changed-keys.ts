import type { Clock } from '../../../model/clock.ts';

/** Events that come together become one update; what is urgent waits for no others. */
const GATHER_MS = 100;

export interface ChangedKeysOptions {
  readonly clock: Clock;
  /** How many caches must be whole before the first turn. */
  readonly cacheCount: number;
  /**
   * Works off as many keys as fit in a turn and deletes them from the set; the rest has the next.
   * @param isUrgent whether one of them waits for no others
   */
  onTurn(dirty: Set<string>, isUrgent: boolean): void;
}

/** Keys of what has to be built anew, gathered for a moment and worked off in turns. */
export class ChangedKeys {
  readonly #options: ChangedKeysOptions;
  readonly #dirty = new Set<string>();
  #waitingCaches: number;
  #isUrgent = false;
  #cancelTurn: (() => void) | undefined;
  #isClosed = false;

  constructor(options: ChangedKeysOptions) {
    this.#options = options;
    this.#waitingCaches = options.cacheCount;
  }

  /** One more cache is whole. */
  cacheSynced(): void {
    this.#waitingCaches--;
    if (this.#waitingCaches === 0) this.#schedule(true);
  }

  mark(key: string, isUrgent: boolean): void {
    this.#dirty.add(key);
    if (this.#waitingCaches <= 0) this.#schedule(isUrgent);
  }

  /** No more turns. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTurn?.();
  }

  #schedule(isUrgent: boolean): void {
    if (this.#isClosed) return;
    if (this.#cancelTurn !== undefined) {
      if (!isUrgent || this.#isUrgent) return;
      this.#cancelTurn();
    }
    this.#isUrgent = isUrgent;
    const delayMs = isUrgent ? 0 : GATHER_MS;
    this.#cancelTurn = this.#options.clock.schedule(delayMs, () => this.#turn());
  }

  #turn(): void {
    const isUrgent = this.#isUrgent;
    this.#cancelTurn = undefined;
    this.#options.onTurn(this.#dirty, isUrgent);
    if (this.#dirty.size > 0) this.#schedule(true);
  }
}
