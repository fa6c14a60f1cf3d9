/**
 * Appends without end and tells on standard output what was acknowledged, until it is killed.
 * Arguments: data directory, first step, durability.
 */
import { writeSync } from 'node:fs';
import { openTestStore } from './open-test-store.ts';
import { appendSamples } from './samples.ts';

export const SERIES_COUNT = 40;
export const STEP_MS = 1000;
export const START_MS = Date.UTC(2026, 10, 24);

if (process.argv[1]?.endsWith('ingest-child.ts') === true) await ingest();

async function ingest(): Promise<void> {
  const [dataDir, first, durability] = process.argv.slice(2) as [string, string, string];
  const { store } = await openTestStore({
    dataDir,
    durability: durability === 'fsync' ? 'fsync' : 'crash',
    now: () => START_MS + 86_400_000,
    tuning: { insertIntervalMs: 40, pastMaxMs: 10 * 86_400_000 },
  });
  for (let step = Number(first); ; step++) {
    for (let series = 0; series < SERIES_COUNT; series++) {
      const labels = { __name__: 'kept', series: String(series), batch: String(step >> 6) };
      appendSamples(store, labels, [[START_MS + step * STEP_MS, step + series / 1000]]);
    }
    const json = JSON.stringify(step);
    await store.state.save([{ kind: 'step', key: 'last', json }], []);
    await store.documents.put({ kind: 'step', id: 'last', json, author: '' });
    await store.commit();
    writeSync(1, `${step}\n`);
  }
}
