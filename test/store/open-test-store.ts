import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import type { StoreOptions } from '../../store/store-options.ts';

export interface TestStore {
  readonly dataDir: string;
  readonly registry: Registry;
  readonly store: Store;
  /** Closes and opens anew on the same directory. */
  reopen(overrides?: Partial<StoreOptions>): Promise<Store>;
  /** Closes and removes everything. */
  remove(): Promise<void>;
}

const MEMORY_BYTES_MAX = 4e9;

/** A store in a directory of its own that keeps everything, whatever its age. */
export async function openTestStore(overrides: Partial<StoreOptions> = {}): Promise<TestStore> {
  const dataDir = overrides.dataDir ?? mkdtempSync(join(tmpdir(), 'wk-store-'));
  const open = (more: Partial<StoreOptions>) => {
    const registry = new Registry();
    const store = openStore({
      dataDir,
      logger: SILENT_LOGGER,
      registry,
      retention: { timeMs: 0, byMatcher: [] },
      memoryBytesMax: MEMORY_BYTES_MAX,
      clickhouse: undefined,
      limits: { seriesMax: 0, memoryBytesMax: 0, spoolBytesMax: 0, outOfOrderWindowMs: 0 },
      durability: 'crash',
      exemplarsMax: 10_000,
      now: Date.now,
      ...overrides,
      ...more,
    });
    return { registry, store };
  };
  let current = open({});
  let store = await current.store;
  return {
    dataDir,
    get registry() {
      return current.registry;
    },
    get store() {
      return store;
    },
    reopen: async (more = {}) => {
      await store.close();
      current = open(more);
      store = await current.store;
      return store;
    },
    remove: async () => {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
