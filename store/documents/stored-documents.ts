import {
  DOCUMENT_BYTES_MAX,
  type DocumentChange,
  DocumentConflictError,
  type DocumentName,
  DocumentSizeError,
  type DocumentStore,
  type DocumentVersion,
  type StoredDocument,
} from '../../model/documents.ts';
import { compareUtf8 } from '../../model/labels.ts';
import type { ParamValue } from '../clickhouse/bound-query.ts';
import type { Engine, LaneName } from '../clickhouse/engine.ts';
import { fixedColumn, integersOf, stringColumn, textsOf } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';
import { documentsBlock } from './document-blocks.ts';

export interface StoredDocumentsOptions {
  readonly engine: Engine;
  /** Resolves when the block would survive a crash; nothing of it is kept when it rejects. */
  readonly keep: (block: SpoolBlock) => Promise<void>;
  /** Resolves when ClickHouse has everything that was kept. */
  readonly drain: () => Promise<void>;
  readonly now: () => number;
}

const COLUMNS = 'kind, id, version, updated, author, is_deleted, json';

/**
 * Documents in memory, every version in ClickHouse. One process writes those of a database: what
 * another one changes is seen after a restart.
 */
export class StoredDocuments implements DocumentStore {
  readonly #options: StoredDocumentsOptions;
  /** By kind, then id; deleted ones too, for their versions go on. */
  readonly #newest = new Map<string, Map<string, DocumentVersion>>();

  constructor(options: StoredDocumentsOptions) {
    this.#options = options;
  }

  /** What ClickHouse has; once, before anything is written. @throws QueryError, StoreUnavailableError */
  async load(): Promise<void> {
    // Deletions need not be read whole, and have nothing in them.
    const sql = `SELECT ${COLUMNS} FROM documents ORDER BY kind, id, version DESC LIMIT 1 BY kind, id`;
    for (const document of await this.#read(sql, {}, 'writer')) this.#remember(document);
  }

  get(kind: string, id: string): StoredDocument | undefined {
    const document = this.#newest.get(kind)?.get(id);
    return document !== undefined && isThere(document) ? document : undefined;
  }

  list(kind: string): readonly StoredDocument[] {
    return [...(this.#newest.get(kind)?.values() ?? [])]
      .filter(isThere)
      .sort((a, b) => compareUtf8(a.id, b.id));
  }

  async put(change: DocumentChange): Promise<StoredDocument> {
    const { kind, id, json, author, expectedVersion } = change;
    const bytes = Buffer.byteLength(json);
    if (bytes > DOCUMENT_BYTES_MAX) {
      throw new DocumentSizeError(
        `${kind} ${JSON.stringify(id)} is too large: ${bytes} of ${DOCUMENT_BYTES_MAX} bytes`,
      );
    }
    this.#checkVersion(change, expectedVersion);
    const document = { kind, id, json, author, ...this.#nextVersion(change) };
    await this.#write(document);
    return document;
  }

  async delete(name: DocumentName, author: string, expectedVersion?: number): Promise<boolean> {
    const { kind, id } = name;
    this.#checkVersion(name, expectedVersion);
    if (this.get(kind, id) === undefined) return false;
    await this.#write({ kind, id, author, json: undefined, ...this.#nextVersion(name) });
    return true;
  }

  async history(
    { kind, id }: DocumentName,
    versionsMax: number,
    signal: AbortSignal,
  ): Promise<readonly DocumentVersion[]> {
    await this.#options.drain();
    const sql = `SELECT ${COLUMNS} FROM documents
      WHERE kind = {kind:String} AND id = {id:String}
      ORDER BY version DESC LIMIT 1 BY version LIMIT {max:UInt32}`;
    return this.#read(sql, { kind, id, max: versionsMax }, 'interactive', signal);
  }

  #checkVersion(name: DocumentName, expectedVersion: number | undefined): void {
    const currentVersion = this.get(name.kind, name.id)?.version ?? 0;
    if (expectedVersion === undefined || expectedVersion === currentVersion) return;
    throw new DocumentConflictError(name, currentVersion);
  }

  #nextVersion({ kind, id }: DocumentName): Pick<DocumentVersion, 'version' | 'updatedMs'> {
    const version = (this.#newest.get(kind)?.get(id)?.version ?? 0) + 1;
    return { version, updatedMs: Math.floor(this.#options.now()) };
  }

  /** The block is in its file, or refused, when `keep` returns: changes never cross. */
  async #write(document: DocumentVersion): Promise<void> {
    const before = this.#newest.get(document.kind)?.get(document.id);
    const kept = this.#options.keep(documentsBlock([document]));
    this.#remember(document);
    try {
      await kept;
    } catch (error) {
      const ofKind = this.#newest.get(document.kind);
      if (ofKind?.get(document.id) === document) {
        if (before === undefined) ofKind.delete(document.id);
        else ofKind.set(document.id, before);
      }
      throw error;
    }
  }

  #remember(document: DocumentVersion): void {
    const ofKind = this.#newest.get(document.kind) ?? new Map<string, DocumentVersion>();
    this.#newest.set(document.kind, ofKind);
    ofKind.set(document.id, document);
  }

  async #read(
    sql: string,
    params: Readonly<Record<string, ParamValue>>,
    lane: LaneName,
    signal?: AbortSignal,
  ): Promise<readonly DocumentVersion[]> {
    const options = { lane, ...(signal === undefined ? {} : { signal }) };
    const bytes = await this.#options.engine.read({ sql, params }, options);
    return readNative(bytes).flatMap((block) => {
      const texts = (at: number): readonly string[] => textsOf(stringColumn(block, at));
      const [kinds, ids, authors, jsons] = [texts(0), texts(1), texts(4), texts(6)];
      const versions = integersOf(fixedColumn(block, 2));
      const updated = integersOf(fixedColumn(block, 3));
      const deleted = fixedColumn(block, 5).bytes;
      return kinds.map((kind, row) => ({
        kind,
        id: ids[row] ?? '',
        version: versions[row] ?? 0,
        updatedMs: updated[row] ?? 0,
        author: authors[row] ?? '',
        json: deleted[row] === 1 ? undefined : (jsons[row] ?? ''),
      }));
    });
  }
}

function isThere(document: DocumentVersion): document is StoredDocument {
  return document.json !== undefined;
}
