import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SERIES_COUNT, START_MS, STEP_MS } from './ingest-child.ts';
import { openTestStore } from './open-test-store.ts';
import { named, selectAll } from './samples.ts';

const KILLS = 8;
const dataDir = mkdtempSync(join(tmpdir(), 'wk-kill-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('kill -9', () => {
  test('nothing that was acknowledged is lost, nothing is doubled', async () => {
    let acknowledged = -1;
    for (let round = 0; round < KILLS; round++) {
      const steps = 5 + Math.floor(Math.random() * 120);
      const durability = round % 2 === 0 ? 'crash' : 'fsync';
      acknowledged = await ingestUntilKilled(acknowledged + 1, steps, durability);
    }

    const { store } = await openTestStore({ dataDir });
    const documents = [...store.documents.list('step'), ...(await store.state.load(['step']))];
    expect(documents).toHaveLength(2);
    for (const { json } of documents) {
      // One more may have been saved, and not yet acknowledged.
      expect([acknowledged, acknowledged + 1]).toContain(Number(json));
    }
    const found = await selectAll(store, named('kept'), START_MS, START_MS + 86_400_000);
    await store.close();

    const bySeries = new Map<string, number[]>();
    for (const [labels, samples] of Object.entries(found)) {
      const series = /series="(\d+)"/.exec(labels)?.[1] ?? '';
      for (const [timestampMs, value] of samples) {
        const step = (timestampMs - START_MS) / STEP_MS;
        expect(value).toBe(step + Number(series) / 1000);
        bySeries.set(series, [...(bySeries.get(series) ?? []), step]);
      }
    }
    expect(bySeries.size).toBe(SERIES_COUNT);
    for (const steps of bySeries.values()) {
      const expected = Array.from({ length: acknowledged + 1 }, (_, step) => step);
      const sorted = steps.sort((a, b) => a - b);
      expect(sorted.slice(0, acknowledged + 1)).toEqual(expected);
      expect(new Set(sorted).size).toBe(sorted.length);
    }
  }, 120_000);
});

/** Kills the process in the middle of its work, some time after it has acknowledged `steps`. */
async function ingestUntilKilled(first: number, steps: number, durability: string) {
  const script = resolve(import.meta.dirname, 'ingest-child.ts');
  const child = spawn(process.execPath, [script, dataDir, String(first), durability], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > steps) child.kill('SIGKILL');
  });
  await new Promise((done) => child.on('close', done));
  const lines = output.split('\n').slice(0, -1);
  if (lines.length < steps) throw new Error(`the child ended by itself: ${errors}`);
  return Number(lines.at(-1));
}
