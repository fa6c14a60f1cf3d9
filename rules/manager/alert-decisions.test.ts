import { expect, test } from 'vitest';
import type { AlertDecision } from '../../model/alert-decisions.ts';
import { alertFingerprint } from '../../model/alert-fingerprint.ts';
import { Labels } from '../../model/labels.ts';
import { parseSequence } from '../../promql/promqltest/series-notation.ts';
import { RuleRig, type RuleRigOptions, ruleFile } from '../../test/rule-rig.ts';
import { slotBefore } from './group-schedule.ts';

const MINUTE_MS = 60_000;
const START_MS = slotBefore(1_700_000_000_000, 'rules.yml;g', MINUTE_MS);

/** One sample a minute; evaluated each minute from the first on. */
async function decided(
  rule: string,
  input: readonly string[],
  minutes: number,
  options: Partial<RuleRigOptions> = {},
  groupFields = '',
): Promise<readonly AlertDecision[]> {
  const decisions: AlertDecision[] = [];
  const rig = new RuleRig({
    startMs: START_MS,
    input: input.map((text) => {
      const { labels, points } = parseSequence(text);
      const samples = points.flatMap((point, index) => {
        if (point.kind === 'none') return [];
        return [{ timestampMs: START_MS + index * MINUTE_MS, startTimestampMs: 0, point }];
      });
      return { labels, samples };
    }),
    manager: { decisions: { append: (made) => decisions.push(...made) } },
    ...options,
  });
  await rig.apply(ruleFile(`groups: [{ name: g, ${groupFields} rules: [${rule}] }]`));
  await rig.advance(minutes * MINUTE_MS);
  return decisions;
}

/** `2 firing 95`: minute, what, value. */
function texts(decisions: readonly AlertDecision[]): readonly string[] {
  return decisions.map(({ atMs, kind, value }) => {
    return `${Math.floor((atMs - START_MS) / MINUTE_MS)} ${kind} ${value}`;
  });
}

test('the life of an alert: each change once', async () => {
  const rule = '{ alert: A, expr: x > 90, for: 2m, keep_firing_for: 3m }';
  const found = await decided(rule, ['x 0 95 96 97 98 0 0 99 0 0 0 0 0 0 0'], 14);

  expect(texts(found)).toEqual([
    '1 pending 95',
    '3 firing 97',
    '5 kept_firing 98',
    '7 firing_again 99',
    '8 kept_firing 99',
    '11 resolved 99',
  ]);
});

test('an alert without `for` fires at once; one that waits may go again', async () => {
  expect(texts(await decided('{ alert: A, expr: x > 90 }', ['x 95 95 95 0 0'], 5))).toEqual([
    '1 firing 95',
    '3 resolved 95',
  ]);
  const waits = '{ alert: A, expr: x > 90, for: 5m }';
  expect(texts(await decided(waits, ['x 95 95 95 0 0'], 5))).toEqual([
    '1 pending 95',
    '3 cleared 95',
  ]);
});

test('over the limit of its group an alert ends; new ones are not told of', async () => {
  const input = ['x{a="1"} 95x9', 'x{a="2"} _x2 95x9'];
  const found = await decided('{ alert: A, expr: x > 90 }', input, 6, {}, 'limit: 1,');

  expect(texts(found)).toEqual(['1 firing 95', '2 over_limit 95']);
});

test('the fingerprint is that of the labels that receivers see', async () => {
  const settings = {
    externalLabels: Labels.fromRecord({ dc: 'east' }),
    relabelAlert: (labels: Labels) => labels.without(new Set(['pod'])),
  };
  const [firing] = await decided('{ alert: A, expr: x > 90 }', ['x{pod="p"} 95x5'], 2, {
    settings,
  });
  const labels = Labels.fromRecord({ alertname: 'A', dc: 'east' });

  expect(firing).toMatchObject({ fingerprint: alertFingerprint(labels), ruleGroup: 'rules.yml;g' });
  expect(firing?.labels.equals(labels)).toBe(true);
});

test('an alert that relabelling drops fires, and nobody is told', async () => {
  const settings = { relabelAlert: () => undefined };
  const found = await decided('{ alert: A, expr: x > 90 }', ['x 95x5'], 2, { settings });

  expect(texts(found)).toEqual(['1 firing 95', '1 not_sent 95']);
});
