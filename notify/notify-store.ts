/** Where the engine's state survives: documents by kind and key. */

export type NotifyDocumentKind = 'alert' | 'silence' | 'log' | 'group' | 'alive';

export interface NotifyDocumentName {
  readonly kind: NotifyDocumentKind;
  readonly key: string;
}

export interface NotifyDocument extends NotifyDocumentName {
  readonly json: string;
}

export interface NotifyStore {
  /** All that was saved and not deleted, the last version of each. */
  load(): Promise<readonly NotifyDocument[]>;
  /**
   * Resolves when all of it would survive a crash.
   * @param changed replace what was saved under their names
   */
  save(changed: readonly NotifyDocument[], deleted: readonly NotifyDocumentName[]): Promise<void>;
}
