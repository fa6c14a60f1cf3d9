import { describe, expect, test } from 'vitest';
import type { MissingTreatment } from '../policy/alarm-policy.ts';
import { type Datapoint, judgeDatapoints } from './judge-datapoints.ts';

const POINTS: Readonly<Record<string, Datapoint>> = { '0': 'ok', X: 'breaching', '-': 'missing' };
const TREATMENTS: readonly MissingTreatment[] = ['missing', 'ignore', 'breaching', 'not_breaching'];

function verdicts(text: string, m: number, n: number): string {
  const points = text.split('').map((char) => POINTS[char] ?? 'missing');
  return TREATMENTS.map((treat) => judgeDatapoints(points, { m, n }, treat)).join(' ');
}

/** CloudWatch's own tables: missing, ignore, breaching, not breaching. */
describe('judgeDatapoints', () => {
  test.each([
    ['0-X-X', 'ok ok ok ok'],
    ['0----', 'ok ok ok ok'],
    ['-----', 'no_data keep firing ok'],
    ['0XX-X', 'firing firing firing firing'],
    ['----X', 'no_data keep firing ok'],
    ['X----', 'firing keep firing ok'],
  ])('3 of 3 within 5: %s', (text, expected) => {
    expect(verdicts(text, 3, 3)).toBe(expected);
  });

  test.each([
    ['0-X-X', 'firing firing firing firing'],
    ['00X0X', 'firing firing firing firing'],
    ['0-X--', 'ok ok firing ok'],
    ['----0', 'ok ok firing ok'],
    ['----X', 'no_data keep firing ok'],
  ])('2 of 3 within 5: %s', (text, expected) => {
    expect(verdicts(text, 2, 3)).toBe(expected);
  });
});
