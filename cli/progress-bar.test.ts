import { describe, expect, test } from 'vitest';
import { ProgressBar } from './progress-bar.ts';

function bar(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const progress = new ProgressBar({ isTTY, write: (text) => written.push(text) }, () => nowMs);
  return {
    written,
    update: (atMs: number, share: number) => {
      nowMs = atMs;
      progress.update(share, 'note');
    },
  };
}

describe('ProgressBar', () => {
  test('on a terminal the line is redrawn, not more often than five times a second', () => {
    const { written, update } = bar(true);

    for (const atMs of [0, 100, 250]) update(atMs, 0.5);

    expect(written.length).toBe(2);
    expect(written[1]).toContain(' 50 %  note, 1 s left');
    expect(written[1]?.startsWith('\r')).toBe(true);
  });

  test('elsewhere a line comes at each tenth', () => {
    const { written, update } = bar(false);

    for (const share of [0.05, 0.1, 0.15, 0.2, 1]) update(0, share);

    expect(written.length).toBe(3);
    expect(written.every((line) => line.endsWith('\n'))).toBe(true);
  });
});
