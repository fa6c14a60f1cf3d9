/** Keeps the store up to date: gathers what changed, saves one batch at a time, tries again. */
import type { Clock } from '../model/clock.ts';
import type { NotifyObserver } from './notify-event.ts';
import type { NotifyDocument, NotifyDocumentName, NotifyStore } from './notify-store.ts';

/** What need not be safe at once waits so long for more. */
const GATHER_MS = 1000;
const RETRY_MS = 5000;

export interface StateWriterOptions {
  readonly store: NotifyStore;
  readonly clock: Clock;
  /** The document as it is now; undefined when it is gone. */
  readonly encode: (name: NotifyDocumentName) => string | undefined;
  readonly observe: NotifyObserver;
}

export class StateWriter {
  readonly #options: StateWriterOptions;
  #changed = new Map<string, NotifyDocumentName>();
  #saving: Promise<void> | undefined;
  /** The save that takes along all that is marked until it begins. */
  #next: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  /** The document is new, other or gone; it is saved within a second or so. */
  mark(name: NotifyDocumentName): void {
    this.#changed.set(`${name.kind}:${name.key}`, name);
    this.#saveAfter(GATHER_MS);
  }

  /** Resolves when all that was marked is saved, or the store has refused it. Never rejects. */
  settled(): Promise<void> {
    if (this.#changed.size === 0) return this.#saving ?? Promise.resolve();
    this.#next ??= (this.#saving ?? Promise.resolve()).then(() => {
      this.#next = undefined;
      this.#saving = this.#save();
      return this.#saving;
    });
    return this.#next;
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #saveAfter(delayMs: number): void {
    if (this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#options.clock.schedule(delayMs, () => {
      this.#cancelTimer = undefined;
      void this.settled();
    });
  }

  async #save(): Promise<void> {
    const { store, encode, observe, clock } = this.#options;
    const batch = this.#changed;
    this.#changed = new Map();
    const changed: NotifyDocument[] = [];
    const deleted: NotifyDocumentName[] = [];
    for (const name of batch.values()) {
      const json = encode(name);
      if (json === undefined) deleted.push(name);
      else changed.push({ ...name, json });
    }
    try {
      await store.save(changed, deleted);
    } catch (error) {
      this.#changed = new Map([...batch, ...this.#changed]);
      const message = error instanceof Error ? error.message : String(error);
      observe({ kind: 'storeFailed', message, nowMs: clock.nowMs() });
      this.#saveAfter(RETRY_MS);
    } finally {
      this.#saving = undefined;
    }
  }
}
