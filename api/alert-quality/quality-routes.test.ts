import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import { RuleRig, ruleFile } from '../../test/rule-rig.ts';
import { errorResponse } from '../prometheus/envelope.ts';
import { alertQualityRoutes } from './quality-routes.ts';

const START_MS = Date.UTC(2026, 0, 1, 20);
const MINUTE_MS = 60_000;

/** Two minutes high, three low, from 20:00 to 23:20. */
const SAMPLES = Array.from({ length: 200 }, (_, minute) => ({
  timestampMs: START_MS + minute * MINUTE_MS,
  startTimestampMs: 0,
  point: { kind: 'float', value: minute % 5 < 2 ? 9 : 1 } as const,
}));
const SERIES = Labels.fromRecord({ __name__: 'm', pod: 'a' });

test('says how often alerts fired and flapped, at night, of what, and how long to wait', async () => {
  const rig = new RuleRig({ startMs: START_MS, input: [{ labels: SERIES, samples: SAMPLES }] });
  await rig.apply(
    ruleFile(`groups:
- name: g
  rules:
  - {alert: Flaps, expr: m > 5}
  - {alert: Never, expr: m > 50}
  - {alert: Blind, expr: m > 5 and on () none > 5}
`),
  );
  await rig.advance(200 * MINUTE_MS);
  const app = new Hono();
  app.onError((error, c) =>
    errorResponse(c, error, (bug) => {
      throw bug;
    }),
  );
  app.route(
    '/',
    alertQualityRoutes({
      groups: () => rig.manager.groups,
      source: rig.store,
      labels: {
        series: ({ matcherSets }) =>
          Promise.resolve(matcherSets.some((set) => matchesAll(set, SERIES)) ? [SERIES] : []),
      },
      samplesMax: 1e6,
      now: rig.clock.nowMs,
    }),
  );
  const response = await app.request('/alert-quality?since=4h');
  const { data } = (await response.json()) as {
    readonly data: { readonly rules: readonly object[] };
  };
  expect(data.rules).toMatchObject([
    {
      rule: 'Flaps',
      fired: 39,
      flapped: 38,
      medianSeconds: 120,
      neverFired: false,
      missingMetrics: [],
    },
    { rule: 'Never', fired: 0, neverFired: true, missingMetrics: [] },
    { rule: 'Blind', fired: 0, missingMetrics: ['none'] },
  ]);
  const [flaps] = data.rules as readonly { readonly nightShare: number }[];
  expect(flaps?.nightShare).toBeCloseTo(0.4, 1);
  expect((await app.request('/alert-quality?since=1y')).status).toBe(400);
  await rig.manager.stop();
});
