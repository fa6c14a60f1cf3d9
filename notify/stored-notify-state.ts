/** The engine's state among that of the program's other parts. */
import type { StateStore } from '../model/documents.ts';
import type {
  NotifyDocument,
  NotifyDocumentKind,
  NotifyDocumentName,
  NotifyStore,
} from './notify-store.ts';

const KINDS: readonly NotifyDocumentKind[] = ['alert', 'silence', 'log', 'group', 'alive'];
const PREFIX = 'notify/';

export class StoredNotifyState implements NotifyStore {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  async load(): Promise<readonly NotifyDocument[]> {
    const rows = await this.#store.load(KINDS.map((kind) => PREFIX + kind));
    return rows.flatMap(({ kind, key, json }) => {
      const known = KINDS.find((one) => PREFIX + one === kind);
      return known === undefined ? [] : [{ kind: known, key, json }];
    });
  }

  save(changed: readonly NotifyDocument[], deleted: readonly NotifyDocumentName[]): Promise<void> {
    return this.#store.save(
      changed.map(({ kind, key, json }) => ({ kind: PREFIX + kind, key, json })),
      deleted.map(({ kind, key }) => ({ kind: PREFIX + kind, key })),
    );
  }
}
