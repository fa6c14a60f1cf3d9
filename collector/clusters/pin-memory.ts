/** Whom servers of clusters showed themselves to be, kept over restarts. */
import type { StateStore } from '../../model/documents.ts';
import type { Logger } from '../../model/logger.ts';

const STATE_KIND = 'cluster-server-key';

export class PinMemory {
  /** Resolves, always, when what was kept is here. */
  readonly loaded: Promise<void>;
  readonly #state: StateStore | undefined;
  readonly #logger: Logger;
  readonly #pins = new Map<string, string>();

  /** @param state undefined: in memory only */
  constructor(state: StateStore | undefined, logger: Logger) {
    this.#state = state;
    this.#logger = logger;
    this.loaded = this.#load();
  }

  get(key: string): string | undefined {
    return this.#pins.get(key);
  }

  set(key: string, pin: string): void {
    if (this.#pins.get(key) === pin) return;
    this.#pins.set(key, pin);
    this.#save([{ kind: STATE_KIND, key, json: JSON.stringify(pin) }], []);
  }

  delete(key: string): void {
    if (this.#pins.delete(key)) this.#save([], [{ kind: STATE_KIND, key }]);
  }

  async #load(): Promise<void> {
    try {
      for (const { key, json } of (await this.#state?.load([STATE_KIND])) ?? []) {
        const pin: unknown = JSON.parse(json);
        if (typeof pin === 'string') this.#pins.set(key, pin);
      }
    } catch (error) {
      this.#logger.error('the keys of kubelets were not read: each is believed anew', { error });
    }
  }

  #save(...what: Parameters<StateStore['save']>): void {
    this.#state?.save(...what).catch((error: unknown) => {
      this.#logger.warn('the key of a kubelet was not kept', { error });
    });
  }
}
