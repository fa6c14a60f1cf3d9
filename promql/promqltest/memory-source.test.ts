import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { TooManySamplesError } from '../../model/source.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import { MemoryStorage } from './memory-source.ts';
import { parseScript } from './parse-script.ts';

async function storage(...lines: readonly string[]): Promise<MemoryStorage> {
  const memory = new MemoryStorage();
  for (const command of parseScript(lines.join('\n'))) {
    if (command.kind === 'load') await memory.append(command.series);
  }
  return memory;
}

const ALL = { matchers: [], startMs: -1e12, endMs: 1e12, samplesMax: 1000 };

describe('MemoryStorage', () => {
  test('gives sorted series within the range, both ends included', async () => {
    const memory = await storage('load 1s', 'x{a="2"} 1 2 3', 'x{a="1"} 4 5 6', 'y 7');
    const columns = await memory.select({
      ...ALL,
      matchers: [new Matcher('=', '__name__', 'x')],
      startMs: 1000,
      endMs: 2000,
    });
    expect(columns.labels.map(String)).toEqual(['{__name__="x", a="1"}', '{__name__="x", a="2"}']);
    expect([...columns.offsets]).toEqual([0, 2, 4]);
    expect([...columns.timestampsMs]).toEqual([1000, 2000, 1000, 2000]);
    expect([...columns.values]).toEqual([5, 6, 2, 3]);
    expect(columns.histograms).toBeUndefined();
    expect(columns.startTimestampsMs).toBeUndefined();
  });

  test('a stale marker is one of floats or of histograms, as the samples around it', async () => {
    const memory = await storage('load 1s', 'f 1 stale', 'h {{}} stale');
    const columns = await memory.select(ALL);
    expect(isStaleAt(wordsOf(columns.values), 1)).toBe(true);
    expect(columns.histograms?.map((h) => h?.isStale)).toEqual([undefined, undefined, false, true]);
  });

  test('a later load adds newer samples', async () => {
    const memory = await storage('load 1s', 'x 1 2', '', 'load 1s', 'x _ 3 4');
    const columns = await memory.select(ALL);
    expect([...columns.values]).toEqual([1, 3, 4]);
  });

  test('more samples than allowed are refused', async () => {
    const memory = await storage('load 1s', 'x 1x10');
    await expect(memory.select({ ...ALL, samplesMax: 10 })).rejects.toThrow(TooManySamplesError);
    expect(await memory.estimate(ALL)).toEqual({ seriesCount: 1, sampleCount: 11 });
  });
});
