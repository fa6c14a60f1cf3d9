import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import type { ScriptSeries } from '../../promql/promqltest/script.ts';
import { RuleRig } from '../../test/rule-rig.ts';
import { backTest } from '../back-test/back-test.ts';
import type { RuleFile } from '../file/rule-file.ts';
import { PolicyErrors } from '../policy/alarm-policy.ts';
import { compilePolicy } from '../policy/compile-policy.ts';
import { metricByName } from '../policy/policy-metric.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { TestStore } from '../unit-test/test-store.ts';

const { parser } = ENGINE_DEFAULTS;
const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;

function policy(spec: object): RuleFile {
  const tree = { metadata: { id: 'pol_p', name: 'P' }, spec: { type: 'pod', ...spec } };
  const read = readPolicy(tree, parser, () => '');
  if (!read.ok) throw new PolicyErrors(read.problems);
  const options = { findMetric: metricByName, parser, queryOffsetMs: 30_000 };
  const { file, isNative } = compilePolicy(read.policy, options);
  expect(isNative).toBe(true);
  return file;
}

/** A value per minute, in the middle of it; `-` is none. */
function input(name: string, labels: Record<string, string>, text: string): ScriptSeries {
  return {
    labels: Labels.fromRecord({ __name__: name, cluster: 'c', namespace: 'n', ...labels }),
    samples: text.split('').flatMap((char, minute) =>
      char === '-'
        ? []
        : [
            {
              timestampMs: START_MS + minute * MINUTE_MS + 30_000,
              startTimestampMs: 0,
              point: { kind: 'float', value: Number(char) } as const,
            },
          ],
    ),
  };
}

/** `pod` firing at the end of which minutes, `0` for no: one character a minute. */
async function live(
  file: RuleFile,
  series: readonly ScriptSeries[],
  minutes: number,
): Promise<Record<string, string>> {
  const rig = new RuleRig({ startMs: START_MS, input: series });
  await rig.apply(file);
  const seen: Record<string, string> = {};
  for (let minute = 0; minute < minutes; minute++) {
    await rig.advance(MINUTE_MS);
    const firing = rig.manager.groups.flatMap(({ alertingRules }) =>
      alertingRules.flatMap(({ activeAlerts }) => activeAlerts),
    );
    for (const { labels } of firing) {
      const key = `${labels.get('pod')} ${labels.get('severity')}`;
      seen[key] = (seen[key] ?? '').padEnd(minute, '.') + '!';
    }
  }
  await rig.manager.stop();
  return Object.fromEntries(
    Object.entries(seen).map(([key, text]) => [key, text.padEnd(minutes, '.')]),
  );
}

/** Values of a pod, and an alarm above 5 in 2 of 2 minutes. */
const ITEM = { metric: 'm', threshold: 5, consecutive: 2 };

describe('PolicyEvaluator', () => {
  test.each([
    // A minute is judged in the next one.
    ['missing', '0990---------0', '...!..........'],
    ['missing', '099---------00', '...!!!!!!.....'],
    ['ignore', '099---------00', '...!!!!!!!!!!.'],
    ['breaching', '00----------00', '........!!!!!.'],
    ['not_breaching', '099---------00', '...!!!!!......'],
  ])('%s: %s', async (treat, values, expected) => {
    const file = policy({ conditions: { items: [ITEM] }, missingData: { treat, range: 2 } });
    const { 'a warning': seen = '.'.repeat(14) } = await live(
      file,
      [input('m', { pod: 'a' }, values)],
      14,
    );
    expect(seen).toBe(expected);
  });

  test('hysteresis: an alarm stays until the value is below the other threshold for long enough', async () => {
    const item = { metric: 'm', threshold: 7, recovery: { threshold: 3, consecutive: 2 } };
    const file = policy({ conditions: { items: [item] } });
    const seen = await live(file, [input('m', { pod: 'a' }, '0855552422200000')], 16);
    expect(seen).toEqual({ 'a warning': '..!!!!!!!!......' });
  });

  test('levels, each object at its worst', async () => {
    const item = { metric: 'm', levels: { warning: 3, critical: 6 } };
    const file = policy({ conditions: { items: [item] }, missingData: { range: 1 } });
    const seen = await live(
      file,
      [input('m', { pod: 'a' }, '04480000'), input('m', { pod: 'b' }, '08000000')],
      8,
    );
    expect(seen).toEqual({
      'a critical': '....!...',
      'a warning': '..!!....',
      'b critical': '..!.....',
    });
  });

  test('conditions together, one of them of the node', async () => {
    const items = [
      ITEM,
      { metric: 'wk_node_cpu_usage_ratio', threshold: 300 },
      { metric: 'k', threshold: 1 },
    ];
    const file = policy({
      conditions: { logic: 'expression', expression: 'c1 && c2 && !c3', items },
      missingData: { range: 1 },
    });
    const series = [
      input('m', { pod: 'a' }, '999999999'),
      input('m', { pod: 'b' }, '999999999'),
      input('wk_node_cpu_usage_ratio', { node: 'x' }, '000444444'),
      input('k', { pod: 'b' }, '999999999'),
    ];
    expect(Object.keys(await live(file, series, 9))).toEqual(['a warning']);
  });

  test('outside of its hours nothing is evaluated', async () => {
    const windows = [{ weekdays: [1], start: '00:04', end: '00:06' }];
    const file = policy({
      conditions: { items: [{ metric: 'm', threshold: 5 }] },
      activeTime: { windows, outside: 'do_not_evaluate' },
    });
    const seen = await live(file, [input('m', { pod: 'a' }, '999999999')], 9);
    expect(seen).toEqual({ 'a warning': '....!!...' });
  });

  test('a restart changes nothing: datapoints and states come from what is stored', async () => {
    const item = { metric: 'm', threshold: 7, recovery: { threshold: 3 } };
    const file = policy({ conditions: { items: [item] } });
    const series = [input('m', { pod: 'a' }, '0855555555')];
    const store = new TestStore(series);
    const first = new RuleRig({ startMs: START_MS, store });
    await first.apply(file);
    await first.advance(5 * MINUTE_MS);
    await first.manager.stop();
    const second = new RuleRig({ startMs: START_MS + 5 * MINUTE_MS, store });
    await second.apply(file);
    await second.advance(MINUTE_MS);
    // The value is above the recovery threshold only: somebody remembers that it was firing.
    expect(second.manager.groups[0]?.alertingRules[0]?.activeAlerts).toMatchObject([{ value: 5 }]);
    await second.manager.stop();
  });

  test('a back-test does the same', async () => {
    const file = policy({
      conditions: { items: [{ ...ITEM, recovery: { threshold: 2 } }] },
      missingData: { treat: 'ignore' },
    });
    const series = [
      input('m', { pod: 'a' }, '0994440099----0000999900'),
      input('m', { pod: 'b' }, '----99999999990000000000'),
    ];
    const store = new TestStore(series);
    store.reveal(Number.POSITIVE_INFINITY);
    const endMs = START_MS + 24 * MINUTE_MS;
    const [result] = await backTest([file], {
      source: store,
      engine: ENGINE_DEFAULTS,
      startMs: START_MS,
      endMs,
      defaultIntervalMs: MINUTE_MS,
      defaultQueryOffsetMs: 0,
      externalLabels: Labels.EMPTY,
      externalUrl: '',
      signal: new AbortController().signal,
    });
    const tested: Record<string, string> = {};
    for (let minute = 0; minute < 24; minute++) {
      const atMs = START_MS + (minute + 1) * MINUTE_MS;
      for (const { labels, activeAtMs, endedAtMs = Infinity } of result?.episodes ?? []) {
        if (activeAtMs > atMs || endedAtMs <= atMs) continue;
        const key = `${labels.get('pod')} ${labels.get('severity')}`;
        tested[key] = (tested[key] ?? '').padEnd(minute, '.') + '!';
      }
    }
    const expected = await live(file, series, 24);
    expect(Object.keys(expected)).toHaveLength(2);
    for (const [key, text] of Object.entries(expected))
      expect(tested[key]?.padEnd(24, '.')).toBe(text);
  });
});
