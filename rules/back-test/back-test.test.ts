import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import type { ScriptSeries } from '../../promql/promqltest/script.ts';
import type { SequencePoint } from '../../promql/promqltest/series-notation.ts';
import { RuleRig, ruleFile } from '../../test/rule-rig.ts';
import type { RuleFile } from '../file/rule-file.ts';
import { TestStore } from '../unit-test/test-store.ts';
import { type BackTestOptions, backTest, type RuleBackTest } from './back-test.ts';

const START_MS = Date.UTC(2026, 0, 1);
const INTERVAL_MS = 60_000;

type Cell = number | 'gap' | 'stale';

/** A sample every 30 s from the start on. */
function series(labels: Record<string, string>, cells: readonly Cell[]): ScriptSeries {
  return {
    labels: Labels.fromRecord({ __name__: 'm', ...labels }),
    samples: cells.flatMap((cell, at) => {
      if (cell === 'gap') return [];
      const point: SequencePoint =
        cell === 'stale' ? { kind: 'stale' } : { kind: 'float', value: cell };
      return [{ timestampMs: START_MS + at * 30_000, startTimestampMs: 0, point }];
    }),
  };
}

function testOf(
  file: RuleFile,
  input: readonly ScriptSeries[],
  endMs: number,
  more: Partial<BackTestOptions> = {},
): Promise<readonly RuleBackTest[]> {
  const store = new TestStore(input);
  store.reveal(Number.POSITIVE_INFINITY);
  return backTest([file], {
    source: store,
    engine: ENGINE_DEFAULTS,
    startMs: START_MS,
    endMs,
    defaultIntervalMs: INTERVAL_MS,
    defaultQueryOffsetMs: 0,
    externalLabels: Labels.EMPTY,
    externalUrl: 'http://here',
    signal: new AbortController().signal,
    ...more,
  });
}

/** `<slot> <alert> <state>` for every evaluation of the real manager in virtual time. */
async function liveStates(
  file: RuleFile,
  input: readonly ScriptSeries[],
  slots: number,
): Promise<ReadonlySet<string>> {
  const rig = new RuleRig({ startMs: START_MS, input });
  await rig.apply(file);
  const states = new Set<string>();
  let lastMs = 0;
  for (let slot = 0; slot < slots; slot++) {
    await rig.advance(INTERVAL_MS);
    for (const { rules } of rig.manager.groups) {
      for (const rule of rules) {
        if (rule.kind !== 'alerting') continue;
        const evaluatedMs = rule.lastEvaluationMs ?? 0;
        expect(evaluatedMs).toBeGreaterThan(lastMs);
        lastMs = evaluatedMs;
        for (const { labels, state } of rule.activeAlerts) {
          states.add(`${evaluatedMs - START_MS} ${labels.key} ${state}`);
        }
      }
    }
  }
  await rig.manager.stop();
  return states;
}

function testedStates([result]: readonly RuleBackTest[], endMs: number): ReadonlySet<string> {
  const states = new Set<string>();
  for (const { labels, activeAtMs, firedAtMs, endedAtMs } of result?.episodes ?? []) {
    for (let at = activeAtMs; at < (endedAtMs ?? endMs + 1); at += INTERVAL_MS) {
      const state = at >= (firedAtMs ?? Number.POSITIVE_INFINITY) ? 'firing' : 'pending';
      states.add(`${at - START_MS} ${labels.key} ${state}`);
    }
  }
  return states;
}

const RULE = (expr: string, more = ''): RuleFile =>
  ruleFile(`groups: [{name: g, rules: [{alert: A, expr: '${expr}'${more}}]}]`);

describe('backTest', () => {
  const cell = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 2, arbitrary: fc.constant<Cell>('gap') },
    { weight: 1, arbitrary: fc.constant<Cell>('stale') },
  );
  const cells = fc.array<Cell>(cell, { minLength: 10, maxLength: 60 });
  const duration = fc.constantFrom('0s', '30s', '1m', '90s', '2m', '5m');
  const expression = fc.constantFrom(
    'm > 1',
    'm > 2',
    'avg_over_time(m[2m]) > 1',
    'changes(m[3m]) > 2',
    'sum(m) > 3',
    'absent(m)',
    'm > 1 unless m offset 2m > 1',
    // Fails while two series have one i.
    'm * on (i) group_left () m > 4',
  );
  // The value is part of the labels: evaluated slot by slot.
  const labels = fc.constantFrom(
    '',
    ', labels: {l: "{{ $labels.i }}"}',
    ', labels: {v: "{{ $value }}"}',
  );

  test('does what the manager does in virtual time, evaluation by evaluation', async () => {
    await fc.assert(
      fc.asyncProperty(
        cells,
        cells,
        expression,
        duration,
        duration,
        labels,
        async (a, b, expr, wait, keep, more) => {
          const input = [
            series({ i: '1', j: 'a' }, a),
            series({ i: '1', j: 'b' }, b),
            series({ i: '2' }, b),
          ];
          const file = RULE(expr, `, for: ${wait}, keep_firing_for: ${keep}${more}`);
          const slots = 32;
          const endMs = START_MS + slots * INTERVAL_MS;
          const live = await liveStates(file, input, slots);
          const tested = testedStates(await testOf(file, input, endMs), endMs);
          expect([...tested].sort()).toEqual([...live].sort());
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  test('recording rules of the group are evaluated, and come before what is stored', async () => {
    const file = ruleFile(`
groups:
- name: g
  rules:
  - {record: r, expr: 'm * 2'}
  - {alert: A, expr: 'r > 5', for: 1m}
`);
    const input = [
      series({ i: '1' }, [3, 3, 3, 3, 3, 3, 1, 1, 'stale', 'stale', 3, 3, 3, 3, 3, 3]),
    ];
    const endMs = START_MS + 8 * INTERVAL_MS;
    const live = await liveStates(file, input, 8);
    expect(live.size).toBeGreaterThan(3);
    const tested = testedStates(await testOf(file, input, endMs), endMs);
    expect([...tested].sort()).toEqual([...live].sort());
  });

  test('a limit drops all alerts, as in live evaluation', async () => {
    const file = ruleFile(
      `groups: [{name: g, limit: 1, rules: [{alert: A, expr: 'm > 1', for: 1m}]}]`,
    );
    const input = [
      series({ i: '1' }, Array<Cell>(20).fill(2)),
      series({ i: '2' }, [
        ...Array<Cell>(8).fill(1),
        ...Array<Cell>(4).fill(2),
        ...Array<Cell>(8).fill(1),
      ]),
    ];
    const endMs = START_MS + 10 * INTERVAL_MS;
    const result = await testOf(file, input, endMs);
    expect([...testedStates(result, endMs)].sort()).toEqual(
      [...(await liveStates(file, input, 10))].sort(),
    );
    expect(result[0]?.problem).toBe('exceeded limit of 1 with 2 alerts');
  });

  test('says what the value was', async () => {
    const input = [series({ i: '1' }, [0, 0, 2, 2, 9, 9, 4, 4, 4, 4, 0, 0, 0, 0])];
    const [result] = await testOf(RULE('m > 1'), input, START_MS + 7 * INTERVAL_MS);
    expect(result?.episodes).toMatchObject([{ firstValue: 2, peakValue: 9, lastValue: 4 }]);
  });

  test('tells how far it is, and can be given up', async () => {
    const shares: number[] = [];
    await testOf(RULE('m > 1'), [series({}, [1])], START_MS + 600_000, {
      onProgress: (share) => shares.push(share),
    });
    expect(shares.at(-1)).toBe(1);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      testOf(RULE('m > 1'), [series({}, [1])], START_MS + 600_000, { signal }),
    ).rejects.toThrow('enough');
  });

  test('refuses more evaluations than can be made', async () => {
    const day = 86_400_000;
    const file = ruleFile(`groups: [{name: g, interval: 1s, rules: [{alert: A, expr: m}]}]`);
    await expect(testOf(file, [], START_MS + 90 * day)).rejects.toThrow(
      /^g: 777600\d evaluations are too many/,
    );
  });
});
