/** A state store in memory, which survives what uses it. */
import type { StateRow, StateStore } from '../model/documents.ts';

export class MemoryStateStore implements StateStore {
  readonly rows = new Map<string, StateRow>();
  saveCount = 0;

  load(kinds: readonly string[]): Promise<readonly StateRow[]> {
    return Promise.resolve([...this.rows.values()].filter(({ kind }) => kinds.includes(kind)));
  }

  save(
    changed: readonly StateRow[],
    deleted: readonly Pick<StateRow, 'kind' | 'key'>[],
  ): Promise<void> {
    this.saveCount++;
    for (const row of changed) this.rows.set(`${row.kind} ${row.key}`, row);
    for (const { kind, key } of deleted) this.rows.delete(`${kind} ${key}`);
    return Promise.resolve();
  }
}
