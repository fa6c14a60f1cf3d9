import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import type { ScriptSeries } from '../../promql/promqltest/script.ts';
import { parseSequence } from '../../promql/promqltest/series-notation.ts';
import { RuleRig, ruleFile } from '../../test/rule-rig.ts';
import type { AlertingRule } from '../evaluation/alerting-rule.ts';
import type { TestStore } from '../unit-test/test-store.ts';
import { slotBefore } from './group-schedule.ts';

const MINUTE_MS = 60_000;
/** A slot of the group that most tests have: it is evaluated after one minute, after two, … */
const START_MS = slotBefore(1_700_000_000_000, 'rules.yml;g', MINUTE_MS);

/** One sample each 30 s from the start. */
function series(...texts: readonly string[]): readonly ScriptSeries[] {
  return texts.map((text) => {
    const { labels, points } = parseSequence(text);
    return {
      labels,
      samples: points.flatMap((point, index) =>
        point.kind === 'none'
          ? []
          : [{ timestampMs: START_MS + index * 30_000, startTimestampMs: 0, point }],
      ),
    };
  });
}

function rules(text: string, groupFields = ''): ReturnType<typeof ruleFile> {
  return ruleFile(`groups: [{ name: g, ${groupFields} rules: [${text}] }]`);
}

async function started(
  text: string,
  input: readonly ScriptSeries[],
  groupFields = '',
): Promise<RuleRig> {
  const rig = new RuleRig({ startMs: START_MS, input });
  await rig.apply(rules(text, groupFields));
  return rig;
}

function alertRule(rig: RuleRig, name = 'A'): AlertingRule {
  const found = rig.manager.groups.flatMap((group) => group.alertingRules);
  return found.find((rule) => rule.name === name) as AlertingRule;
}

function statesOf(rig: RuleRig): readonly string[] {
  return alertRule(rig).activeAlerts.map(({ state, value }) => `${state} ${value}`);
}

/** `value` or `stale` of each sample, by the text of the labels. */
async function stored(store: TestStore, name: string): Promise<Record<string, string>> {
  const { labels, offsets, values } = await store.select({
    matchers: [new Matcher('=', '__name__', name)],
    startMs: 0,
    endMs: START_MS * 2,
    samplesMax: 1e6,
  });
  const words = wordsOf(values);
  return Object.fromEntries(
    labels.map((one, index) => {
      const shown: string[] = [];
      for (let at = offsets[index] ?? 0; at < (offsets[index + 1] ?? 0); at++) {
        shown.push(isStaleAt(words, at) ? 'stale' : String(values[at]));
      }
      return [one.withoutName().toString(), shown.join(' ')];
    }),
  );
}

describe('an alert', () => {
  test('waits as long as `for` says, fires, and ends when the expression gives it no more', async () => {
    const rig = await started('{ alert: A, expr: x > 1, for: 2m }', series('x 2x8 0x20'));
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['pending 2']);
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['pending 2']);
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 2']);
    expect(alertRule(rig).state).toBe('firing');
    expect(rig.sent).toHaveLength(1);
    await rig.advance(2 * MINUTE_MS);
    expect(statesOf(rig)).toEqual([]);
    expect(alertRule(rig).state).toBe('inactive');
    const last = rig.sent.at(-1);
    expect(last?.alert.endsAtMs).toBe(last?.atMs);
  });

  test('without `for` fires at once', async () => {
    const rig = await started('{ alert: A, expr: x > 1 }', series('x 2x10'));
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 2']);
  });

  test('that was pending and ends is never told, and begins anew', async () => {
    const rig = await started('{ alert: A, expr: x > 1, for: 3m }', series('x 2x4 0x1 2x20'));
    await rig.advance(2 * MINUTE_MS);
    expect(statesOf(rig)).toEqual(['pending 2']);
    const first = alertRule(rig).activeAlerts[0]?.activeAtMs ?? 0;
    await rig.advance(3 * MINUTE_MS);
    expect(alertRule(rig).activeAlerts[0]?.activeAtMs).toBeGreaterThan(first);
    expect(rig.sent).toEqual([]);
  });

  test('keeps firing as long as it is told to, with its last value', async () => {
    const rig = await started(
      '{ alert: A, expr: x > 1, keep_firing_for: 3m, annotations: { v: "{{ $value }}" } }',
      series('x 5x3 0x30'),
    );
    await rig.advance(3 * MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 5']);
    const [alert] = alertRule(rig).activeAlerts;
    expect(alert?.keepFiringSinceMs).toBeGreaterThan(START_MS + MINUTE_MS);
    expect(alert?.annotations.get('v')).toBe('5');
    await rig.advance(3 * MINUTE_MS);
    expect(statesOf(rig)).toEqual([]);
  });

  test('stays as it is while its rule fails, and is not told', async () => {
    const rig = await started(
      '{ alert: A, expr: x + on (z) x > 1 }',
      series('x{a="1"} 2x20', 'x{a="2"} _x4 2x3 _x1 stale'),
    );
    await rig.advance(MINUTE_MS);
    expect(alertRule(rig).activeAlerts).toHaveLength(1);
    const sentBefore = rig.sent.length;
    await rig.advance(2 * MINUTE_MS);
    expect(alertRule(rig).health).toBe('err');
    expect(alertRule(rig).lastError).toContain('many-to-many');
    expect(alertRule(rig).activeAlerts).toHaveLength(1);
    expect(rig.sent.length - sentBefore).toBeLessThanOrEqual(1);
    await rig.advance(2 * MINUTE_MS);
    expect(alertRule(rig).health).toBe('ok');
    expect(alertRule(rig).lastError).toBe('');
  });

  test('whose labels are those of another fails the rule', async () => {
    const rig = await started(
      '{ alert: A, expr: x > 1, labels: { a: "" } }',
      series('x{a="1"} 2x9', 'x{a="2"} 2x9'),
    );
    await rig.advance(MINUTE_MS);
    expect(alertRule(rig).lastError).toBe(
      'vector contains metrics with the same labelset after applying alert labels',
    );
    expect(rig.sent).toEqual([]);
  });

  test('above the limit takes all others with it', async () => {
    const input = series('x{a="1"} 2x20', 'x{a="2"} _x4 2x20');
    const rig = await started('{ alert: A, expr: x > 1 }', input, 'limit: 1,');
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 2']);
    await rig.advance(2 * MINUTE_MS);
    expect(alertRule(rig).lastError).toBe('exceeded limit of 1 with 2 alerts');
    expect(statesOf(rig)).toEqual([]);
  });

  test('has labels of the sample, the rule and its name; messages those of the outside too', async () => {
    const rig = new RuleRig({
      startMs: START_MS,
      input: series('x{a="1", dc="own"} 2x9'),
      settings: {
        externalLabels: Labels.fromRecord({ dc: 'out', region: 'r' }),
        relabelAlert: (labels) => labels.with('secret', ''),
      },
    });
    await rig.apply(
      rules(
        '{ alert: A, expr: x > 1, labels: { b: "{{ $labels.a }}-{{ $externalLabels.dc }}", secret: s } }',
      ),
    );
    await rig.advance(MINUTE_MS);
    expect(alertRule(rig).activeAlerts[0]?.labels.toString()).toBe(
      '{a="1", alertname="A", b="1-out", dc="own", secret="s"}',
    );
    expect(rig.sent[0]?.alert.labels.toString()).toBe(
      '{a="1", alertname="A", b="1-out", dc="own", region="r"}',
    );
    expect(rig.sent[0]?.alert.generatorUrl).toBe('http://here/graph?g0.expr=x+%3E+1&g0.tab=1');
  });

  test('whose template fails goes out with the error in its place', async () => {
    const rig = await started(
      '{ alert: A, expr: x > 1, annotations: { t: "{{ .Nope }}", q: \'{{ query "x" | first | value }}\' } }',
      series('x 2x9'),
    );
    await rig.advance(MINUTE_MS);
    const annotations = rig.sent[0]?.alert.annotations;
    expect(annotations?.get('t')).toContain(
      '<error expanding template: error executing template __alert_A:',
    );
    expect(annotations?.get('q')).toBe('2');
    const metrics = await rig.registry.metrics();
    expect(metrics).toContain('prometheus_template_text_expansion_failures_total 1');
  });
});

describe('series of rules', () => {
  test('end as soon as the expression gives them no more', async () => {
    const rig = await started(
      '{ record: r, expr: x > 1, labels: { l: v } }',
      series('x{a="1"} 2x4 0x9'),
    );
    await rig.advance(4 * MINUTE_MS);
    expect(await stored(rig.store, 'r')).toEqual({ '{a="1", l="v"}': '2 2 stale' });
  });

  test('of alerts change with their state', async () => {
    const rig = await started('{ alert: A, expr: x > 1, for: 1m }', series('x 2x30'));
    // Not written before the past has been looked up, after two evaluations.
    await rig.advance(2 * MINUTE_MS);
    expect(await stored(rig.store, 'ALERTS')).toEqual({});
    await rig.advance(2 * MINUTE_MS);
    expect(await stored(rig.store, 'ALERTS')).toEqual({
      '{alertname="A", alertstate="firing"}': '1 1',
    });
    const states = await stored(rig.store, 'ALERTS_FOR_STATE');
    const activeAt = Math.floor((alertRule(rig).activeAlerts[0]?.activeAtMs ?? 0) / 1000);
    expect(states).toEqual({ '{alertname="A"}': `${activeAt} ${activeAt}` });
  });

  test('are written and read with the query offset', async () => {
    const rig = await started(
      '{ record: r, expr: timestamp(x) }',
      series('x 1x30'),
      'query_offset: 1m,',
    );
    await rig.advance(3 * MINUTE_MS);
    const { timestampsMs } = await rig.store.select({
      matchers: [new Matcher('=', '__name__', 'r')],
      startMs: 0,
      endMs: START_MS * 2,
      samplesMax: 10,
    });
    const evaluated = rig.manager.groups[0]?.lastEvaluationMs ?? 0;
    expect(timestampsMs.at(-1)).toBe(evaluated - MINUTE_MS);
  });

  test('with equal labels, or more than the limit, are not written', async () => {
    const input = series('x{a="1"} 2x9', 'x{a="2"} 2x9');
    const equal = await started('{ record: r, expr: x, labels: { a: same } }', input);
    await equal.advance(MINUTE_MS);
    expect(equal.manager.groups[0]?.rules[0]?.lastError).toBe(
      'vector contains metrics with the same labelset after applying rule labels',
    );
    const limited = await started('{ record: r, expr: x }', input, 'limit: 1,');
    await limited.advance(MINUTE_MS);
    expect(limited.manager.groups[0]?.rules[0]?.lastError).toBe(
      'exceeded limit of 1 with 2 series',
    );
    expect(await stored(limited.store, 'r')).toEqual({});
  });

  test('are seen by later rules of the group in the same evaluation', async () => {
    const rig = await started(
      '{ record: a, expr: x * 2 }, { record: b, expr: a * 10 }, { alert: A, expr: b > 1 }',
      series('x 1+1x20'),
    );
    await rig.advance(MINUTE_MS);
    const a = Object.values(await stored(rig.store, 'a'))[0];
    expect(statesOf(rig)).toEqual([`firing ${Number(a) * 10}`]);
  });

  test('are not written for a result that is no vector', async () => {
    const rig = await started('{ record: r, expr: "\'text\'" }', []);
    await rig.advance(MINUTE_MS);
    const rule = rig.manager.groups[0]?.rules[0];
    expect(rule?.health).toBe('err');
    expect(rule?.lastError).toBe('rule result is not a vector or scalar');
    expect(await rig.registry.metrics()).toContain(
      'prometheus_rule_evaluation_failures_total{rule_group="rules.yml;g"} 1',
    );
  });
});

describe('a reload', () => {
  test('leaves a group alone that stays the same', async () => {
    const rig = await started('{ record: r, expr: x }', series('x 1x30'));
    const [before] = rig.manager.groups;
    await rig.apply(rules('{ record: r, expr: "x  " }'));
    expect(rig.manager.groups[0]).toBe(before);
  });

  test('keeps the alerts of a rule whose expression changes, not of one whose labels change', async () => {
    const rig = await started('{ alert: A, expr: x > 1, for: 2m }', series('x 2x60'));
    await rig.advance(2 * MINUTE_MS);
    const activeAtMs = alertRule(rig).activeAlerts[0]?.activeAtMs;
    await rig.apply(rules('{ alert: A, expr: x > 1.5, for: 2m }'));
    expect(alertRule(rig).activeAlerts[0]?.activeAtMs).toBe(activeAtMs);
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 2']);
    await rig.apply(rules('{ alert: A, expr: x > 1.5, for: 2m, labels: { n: ew } }'));
    expect(alertRule(rig).activeAlerts).toEqual([]);
  });

  test('that raises `for` makes a firing alert wait again', async () => {
    const rig = await started('{ alert: A, expr: x > 1 }', series('x 2x60'));
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 2']);
    await rig.apply(rules('{ alert: A, expr: x > 1, for: 5m }'));
    await rig.advance(MINUTE_MS);
    expect(statesOf(rig)).toEqual(['pending 2']);
  });

  test('that adds a rule to a group that runs has its series written at once', async () => {
    const rig = await started('{ record: r, expr: x }', series('x 2x60'));
    await rig.advance(2 * MINUTE_MS);
    await rig.apply(rules('{ record: r, expr: x }, { alert: A, expr: x > 1 }'));
    await rig.advance(MINUTE_MS);
    expect(await stored(rig.store, 'ALERTS')).toEqual({
      '{alertname="A", alertstate="firing"}': '1',
    });
  });

  test('that removes a rule ends its series at the next evaluation', async () => {
    const rig = await started('{ record: r, expr: x }, { record: s, expr: x }', series('x 1x60'));
    await rig.advance(2 * MINUTE_MS);
    await rig.apply(rules('{ record: s, expr: x }'));
    await rig.advance(MINUTE_MS);
    expect(await stored(rig.store, 'r')).toEqual({ '{}': '1 1 stale' });
    expect(await stored(rig.store, 's')).toEqual({ '{}': '1 1 1' });
  });

  test('that removes a group ends its series two intervals later, and its metrics at once', async () => {
    const rig = await started('{ record: r, expr: x }', series('x 1x60'));
    await rig.advance(2 * MINUTE_MS + 1000);
    await rig.apply();
    expect(await rig.registry.metrics()).not.toContain('rule_group="rules.yml;g"');
    await rig.advance(2 * MINUTE_MS - 1);
    expect(await stored(rig.store, 'r')).toEqual({ '{}': '1 1' });
    await rig.advance(1);
    expect(await stored(rig.store, 'r')).toEqual({ '{}': '1 1 stale' });
  });

  test('that renames a group does not end the series it goes on to write', async () => {
    const rig = await started('{ record: r, expr: x }', series('x 1x60'));
    await rig.advance(2 * MINUTE_MS);
    await rig.apply(ruleFile('groups: [{ name: other, rules: [{ record: r, expr: x }] }]'));
    await rig.advance(4 * MINUTE_MS);
    expect(Object.values(await stored(rig.store, 'r'))[0]).not.toContain('stale');
  });

  test('with other labels of the outside reaches every group, and keeps the alerts', async () => {
    const rig = await started('{ alert: A, expr: x > 1, for: 2m }', series('x 2x60'));
    await rig.advance(MINUTE_MS);
    const [before] = rig.manager.groups;
    await rig.manager.apply([rules('{ alert: A, expr: x > 1, for: 2m }')], {
      evaluationIntervalMs: MINUTE_MS,
      queryOffsetMs: 0,
      externalLabels: Labels.fromRecord({ dc: 'new' }),
      externalUrl: 'http://here',
      relabelAlert: (labels) => labels,
    });
    expect(rig.manager.groups[0]).not.toBe(before);
    expect(statesOf(rig)).toEqual(['pending 2']);
  });
});

describe('a manager that is stopped', () => {
  test('ends no series and runs nothing more', async () => {
    const rig = await started('{ record: r, expr: x }', series('x 1x60'));
    await rig.advance(2 * MINUTE_MS);
    await rig.manager.stop();
    expect(rig.clock.timerCount).toBe(0);
    expect(await stored(rig.store, 'r')).toEqual({ '{}': '1 1' });
  });

  test('gives up the queries that are under way', async () => {
    const rig = new RuleRig({
      startMs: START_MS,
      aroundQuery: () => (_expr, _time, signal) =>
        new Promise((_done, fail) => {
          signal.addEventListener('abort', () => fail(signal.reason as Error));
        }),
    });
    await rig.apply(rules('{ record: r, expr: x }'));
    rig.clock.advance(MINUTE_MS);
    await rig.manager.stop();
    expect(rig.manager.groups[0]?.rules[0]?.health).toBe('err');
  });
});

describe('after a restart', () => {
  const text = '{ alert: A, expr: x > 1, for: 20m }';
  const input = series('x 2x400');

  /** Runs for 15 minutes, is away for so long, and runs again. */
  async function restarted(awayMs: number, manager = {}): Promise<RuleRig> {
    const first = await started(text, input);
    await first.advance(15 * MINUTE_MS);
    await first.manager.stop();
    const rig = new RuleRig({
      startMs: START_MS + 15 * MINUTE_MS + awayMs,
      store: first.store,
      manager,
    });
    await rig.apply(rules(text));
    return rig;
  }

  test('an alert goes on waiting where it was; the outage does not count', async () => {
    const rig = await restarted(5 * MINUTE_MS, {
      restore: { outageToleranceMs: 3_600_000, gracePeriodMs: 60_000, samplesMax: 1e6 },
    });
    await rig.advance(2 * MINUTE_MS);
    const heldMs = rig.clock.nowMs() - (alertRule(rig).activeAlerts[0]?.activeAtMs ?? 0);
    // 14 or 15 minutes before, and what has passed since the restore: nothing.
    expect(heldMs).toBeGreaterThan(13 * MINUTE_MS);
    expect(heldMs).toBeLessThan(16 * MINUTE_MS);
    expect(statesOf(rig)).toEqual(['pending 2']);
    await rig.advance(7 * MINUTE_MS);
    expect(statesOf(rig)).toEqual(['firing 2']);
  });

  test('an outage longer than tolerated lets it begin anew', async () => {
    const rig = await restarted(70 * MINUTE_MS);
    await rig.advance(3 * MINUTE_MS);
    const activeAtMs = alertRule(rig).activeAlerts[0]?.activeAtMs ?? 0;
    expect(activeAtMs).toBeGreaterThan(START_MS + 85 * MINUTE_MS);
  });

  test('a store that fails lets it begin anew, and its series are written', async () => {
    const rig = await restarted(5 * MINUTE_MS, {
      source: {
        select: () => Promise.reject(new Error('away')),
        estimate: () => Promise.reject(new Error('away')),
      },
    });
    await rig.advance(3 * MINUTE_MS);
    expect(alertRule(rig).isRestored).toBe(true);
    expect(statesOf(rig)).toEqual(['pending 2']);
  });
});

test('a failing rule leaves the others of its group alone', async () => {
  const rig = await started(
    '{ record: r, expr: "\'text\'" }, { record: s, expr: x }',
    series('x 1x9'),
  );
  await rig.advance(MINUTE_MS);
  expect(rig.manager.groups[0]?.rules.map(({ health }) => health)).toEqual(['err', 'ok']);
});
