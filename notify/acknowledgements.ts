/** Who has taken an alert upon themselves: it is not repeated or escalated until it is over. */
import type { Alert } from '../model/alert.ts';
import type { DocumentStore } from '../model/documents.ts';

const KIND = 'acknowledgement';

export interface Acknowledgement {
  /** Of the alert. */
  readonly fingerprint: string;
  readonly atMs: number;
  /** Undefined: until the alert is resolved, which ends it in any case. */
  readonly expiresAtMs: number | undefined;
  readonly createdBy: string;
  readonly comment: string;
}

export class Acknowledgements {
  readonly #documents: DocumentStore;
  readonly #byFingerprint = new Map<string, Acknowledgement>();

  constructor(documents: DocumentStore) {
    this.#documents = documents;
    for (const { json } of documents.list(KIND)) {
      const acknowledgement = JSON.parse(json) as Acknowledgement;
      this.#byFingerprint.set(acknowledgement.fingerprint, acknowledgement);
    }
  }

  /** What holds now for the alert; one that began anew since has nothing of its past. */
  of(
    fingerprint: string,
    { startsAtMs }: Pick<Alert, 'startsAtMs'>,
    nowMs: number,
  ): Acknowledgement | undefined {
    const found = this.#byFingerprint.get(fingerprint);
    if (found === undefined || startsAtMs > found.atMs) return undefined;
    return (found.expiresAtMs ?? Number.POSITIVE_INFINITY) > nowMs ? found : undefined;
  }

  /**
   * In place of what there was. When it resolves, it survives a crash.
   * @throws StoreUnavailableError
   */
  async set(acknowledgement: Acknowledgement): Promise<void> {
    const { fingerprint, createdBy: author } = acknowledgement;
    const json = JSON.stringify(acknowledgement);
    await this.#documents.put({ kind: KIND, id: fingerprint, json, author });
    this.#byFingerprint.set(fingerprint, acknowledgement);
  }

  /** @returns false when there is none @throws StoreUnavailableError */
  async delete(fingerprint: string, author: string): Promise<boolean> {
    this.#byFingerprint.delete(fingerprint);
    return this.#documents.delete({ kind: KIND, id: fingerprint }, author);
  }

  /** Forgets what holds no more. @throws StoreUnavailableError */
  async collect(alertOf: (fingerprint: string) => Alert | undefined, nowMs: number): Promise<void> {
    for (const fingerprint of this.#byFingerprint.keys()) {
      const alert = alertOf(fingerprint);
      const holds = alert !== undefined && this.of(fingerprint, alert, nowMs) !== undefined;
      if (!holds) await this.delete(fingerprint, '');
    }
  }
}
