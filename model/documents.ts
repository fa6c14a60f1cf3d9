/**
 * The seams to what is kept besides samples: documents that people make, and the state of parts of
 * the program.
 */

export interface DocumentName {
  /** What it is: `dashboard`, `policy`, `user`, … */
  readonly kind: string;
  /** Unique within its kind. */
  readonly id: string;
}

/** One version of a document. */
export interface DocumentVersion extends DocumentName {
  /** From 1, each change one more, deletions too. */
  readonly version: number;
  /** Unix milliseconds. */
  readonly updatedMs: number;
  /** Who made this version; '' for the program itself. */
  readonly author: string;
  /** Undefined: this version is the deletion. */
  readonly json: string | undefined;
}

/** A document that is there, in its newest version. */
export interface StoredDocument extends DocumentVersion {
  readonly json: string;
}

export interface DocumentChange extends DocumentName {
  readonly json: string;
  readonly author: string;
  /**
   * The version that this change was made from, 0 for a document that must not be there yet;
   * undefined: whatever is there is replaced.
   */
  readonly expectedVersion?: number;
}

/** Somebody else has changed the document since the version that a change was made from. */
export class DocumentConflictError extends Error {
  override readonly name = 'DocumentConflictError';
  /** 0: there is no such document. */
  readonly currentVersion: number;

  constructor({ kind, id }: DocumentName, currentVersion: number) {
    const now = currentVersion === 0 ? 'there is none' : `the newest is version ${currentVersion}`;
    super(`${kind} ${JSON.stringify(id)} has been changed by somebody else: ${now}`);
    this.currentVersion = currentVersion;
  }
}

/** Larger than `DOCUMENT_BYTES_MAX`. */
export class DocumentSizeError extends Error {
  override readonly name = 'DocumentSizeError';
}

export const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * JSON documents by kind and id, every version kept. What is there now is in memory and costs
 * nothing to read.
 */
export interface DocumentStore {
  get(kind: string, id: string): StoredDocument | undefined;
  /** By id. */
  list(kind: string): readonly StoredDocument[];
  /**
   * Makes or replaces a document; readers see it at once. When it resolves, the change survives a
   * crash.
   * @throws DocumentConflictError, DocumentSizeError, StoreUnavailableError: nothing has changed
   */
  put(change: DocumentChange): Promise<StoredDocument>;
  /**
   * @returns false when there is no such document
   * @throws DocumentConflictError, StoreUnavailableError: nothing has changed
   */
  delete(name: DocumentName, author: string, expectedVersion?: number): Promise<boolean>;
  /**
   * Versions of a document, the newest first; of a deleted one too.
   * @throws QueryError, StoreUnavailableError, the signal's reason
   */
  history(
    name: DocumentName,
    versionsMax: number,
    signal: AbortSignal,
  ): Promise<readonly DocumentVersion[]>;
}

/** A piece of a part's state: replaced often, its history of no interest. */
export interface StateRow {
  readonly kind: string;
  readonly key: string;
  readonly json: string;
}

/** State that has to outlive the process, of this data directory alone. */
export interface StateStore {
  /**
   * All that was saved and not deleted, the last version of each.
   * @throws QueryError, StoreUnavailableError
   */
  load(kinds: readonly string[]): Promise<readonly StateRow[]>;
  /**
   * Resolves when all of it would survive a crash.
   * @param changed replace what was saved under their names
   * @throws StoreUnavailableError: nothing is saved
   */
  save(
    changed: readonly StateRow[],
    deleted: readonly Pick<StateRow, 'kind' | 'key'>[],
  ): Promise<void>;
}
