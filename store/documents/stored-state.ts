import type { StateRow, StateStore } from '../../model/documents.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { fixedColumn, integersOf, stringColumn, textsOf } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';
import { type StateVersion, stateBlock } from './document-blocks.ts';

export interface StoredStateOptions {
  readonly engine: Engine;
  readonly storeId: string;
  /** Resolves when the block would survive a crash; nothing of it is kept when it rejects. */
  readonly keep: (block: SpoolBlock) => Promise<void>;
}

const LANE = { lane: 'writer' } as const;
/** More rows of things that are gone, and they are taken out of the table at the next start. */
const DELETED_ROWS_MAX = 100_000;
/** Rows of one block. */
const ROWS_PER_BLOCK_MAX = 10_000;

/** State in ClickHouse. The program keeps its own in memory and reads this once, at its start. */
export class StoredState implements StateStore {
  readonly #options: StoredStateOptions;
  #version = 0;

  constructor(options: StoredStateOptions) {
    this.#options = options;
  }

  /** Goes on where the versions of before ended. @throws QueryError, StoreUnavailableError */
  async open(): Promise<void> {
    const { engine, storeId } = this.#options;
    const params = { storeId };
    const sql = `SELECT max(version), countIf(is_deleted = 1) FROM program_state
      WHERE store = {storeId:String}`;
    let deletedCount = 0;
    for (const block of readNative(await engine.read({ sql, params }, LANE))) {
      this.#version = integersOf(fixedColumn(block, 0))[0] ?? 0;
      deletedCount = integersOf(fixedColumn(block, 1))[0] ?? 0;
    }
    if (deletedCount > DELETED_ROWS_MAX) await this.#forgetDeleted();
  }

  async load(kinds: readonly string[]): Promise<readonly StateRow[]> {
    const { engine, storeId } = this.#options;
    const rows: StateRow[] = [];
    for (const kind of kinds) {
      const sql = `SELECT key, json FROM program_state FINAL
        WHERE store = {storeId:String} AND kind = {kind:String} AND is_deleted = 0 ORDER BY key`;
      for (const block of readNative(await engine.read({ sql, params: { storeId, kind } }, LANE))) {
        const jsons = textsOf(stringColumn(block, 1));
        textsOf(stringColumn(block, 0)).forEach((key, row) => {
          rows.push({ kind, key, json: jsons[row] ?? '' });
        });
      }
    }
    return rows;
  }

  async save(
    changed: readonly StateRow[],
    deleted: readonly Pick<StateRow, 'kind' | 'key'>[],
  ): Promise<void> {
    const { storeId, keep } = this.#options;
    const version = ++this.#version;
    const rows: readonly StateVersion[] = [
      ...changed.map(({ kind, key, json }) => ({ kind, key, version, json })),
      ...deleted.map(({ kind, key }) => ({ kind, key, version, json: undefined })),
    ];
    const kept: Promise<void>[] = [];
    for (let at = 0; at < rows.length; at += ROWS_PER_BLOCK_MAX) {
      kept.push(keep(stateBlock(storeId, rows.slice(at, at + ROWS_PER_BLOCK_MAX))));
    }
    await Promise.all(kept);
  }

  /** Merged into one part first: the row of a deletion must not go before the rows it deletes. */
  async #forgetDeleted(): Promise<void> {
    const { engine } = this.#options;
    await engine.run({ sql: 'OPTIMIZE TABLE program_state FINAL', params: {} }, LANE);
    const sql = 'DELETE FROM program_state WHERE is_deleted = 1';
    await engine.run({ sql, params: {} }, LANE);
  }
}
