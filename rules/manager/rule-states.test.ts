import { expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { StoreUnavailableError } from '../../model/sink.ts';
import type { ScriptSeries } from '../../promql/promqltest/script.ts';
import { parseSequence } from '../../promql/promqltest/series-notation.ts';
import { MemoryStateStore } from '../../test/memory-state-store.ts';
import { RuleRig, ruleFile } from '../../test/rule-rig.ts';
import { slotBefore } from './group-schedule.ts';
import { RuleStates } from './rule-states.ts';

const MINUTE_MS = 60_000;
const START_MS = slotBefore(1_700_000_000_000, 'rules.yml;g', MINUTE_MS);
const TOLERANCE_MS = 60 * MINUTE_MS;
const FILE = ruleFile(
  'groups: [{name: g, rules: [{alert: A, expr: "rate(x[1m]) > 0", for: 3m, labels: {l: v}, annotations: {v: "{{ $value }}"}}]}]',
);

/** Scraped every 15 s in the minutes that are given. */
function scraped(...minutes: readonly (readonly [number, number])[]): readonly ScriptSeries[] {
  const { labels } = parseSequence('x{job="a"} 1');
  const samples = minutes.flatMap(([from, to]) => {
    const count = (to - from) * 4;
    return Array.from({ length: count }, (_, at) => {
      const offsetMs = from * MINUTE_MS + at * 15_000;
      const point = { kind: 'float', value: offsetMs / 1000 } as const;
      return { timestampMs: START_MS + offsetMs, startTimestampMs: 0, point };
    });
  });
  return [{ labels, samples }];
}

async function startRig(
  state: MemoryStateStore,
  input: readonly ScriptSeries[],
  startMs: number,
  more: Partial<ConstructorParameters<typeof RuleRig>[0]> = {},
): Promise<RuleRig> {
  const options = { store: state, logger: SILENT_LOGGER, outageToleranceMs: TOLERANCE_MS };
  const states = await RuleStates.load(options);
  const rig = new RuleRig({ startMs, input, manager: { states }, ...more });
  await rig.apply(FILE);
  return rig;
}

function shown(rig: RuleRig): readonly string[] {
  return rig.manager.groups
    .flatMap((group) => group.alertingRules)
    .flatMap(({ activeAlerts }) => activeAlerts)
    .map(({ state, activeAtMs, firedAtMs }) => {
      const minute = (timeMs: number): number => (timeMs - START_MS) / MINUTE_MS;
      return `${state} since ${minute(activeAtMs)}${firedAtMs === undefined ? '' : `, fired ${minute(firedAtMs)}`}`;
    });
}

test('a firing alert fires in the first evaluation after an outage, although there are no data yet', async () => {
  const state = new MemoryStateStore();
  const before = await startRig(state, scraped([0, 10]), START_MS);
  await before.advance(7 * MINUTE_MS);
  expect(shown(before)).toEqual(['firing since 1, fired 4']);
  await before.manager.stop();

  // Five minutes down; the range of the rule reaches into the gap, and scrapes begin a little late.
  const after = await startRig(
    state,
    scraped([0, 7], [12.5, 30]),
    START_MS + 12 * MINUTE_MS - 1000,
  );
  await after.advance(2000);
  expect(shown(after)).toEqual(['firing since 1, fired 4']);
  await after.advance(5 * MINUTE_MS);
  expect(shown(after)).toEqual(['firing since 1, fired 4']);
  expect(after.sent.length).toBeGreaterThan(0);
  for (const { alert, atMs } of after.sent) {
    expect(alert.startsAtMs).toBe(START_MS + 4 * MINUTE_MS);
    expect(alert.endsAtMs).toBeGreaterThan(atMs);
  }
});

test('what is over after the outage is told as resolved, once data could be there', async () => {
  const state = new MemoryStateStore();
  const before = await startRig(state, scraped([0, 10]), START_MS);
  await before.advance(7 * MINUTE_MS);
  await before.manager.stop();

  const after = await startRig(state, scraped([0, 7]), START_MS + 12 * MINUTE_MS - 1000);
  await after.advance(5 * MINUTE_MS);
  expect(shown(after)).toEqual([]);
  const resolved = after.sent.filter(({ alert, atMs }) => alert.endsAtMs <= atMs);
  expect(resolved[0]?.alert.endsAtMs).toBe(START_MS + 14 * MINUTE_MS);
});

test('waiting goes on, an old record is not taken, nor that of a rule that is gone', async () => {
  const state = new MemoryStateStore();
  const before = await startRig(state, scraped([0, 10]), START_MS);
  await before.advance(2 * MINUTE_MS);
  expect(shown(before)).toEqual(['pending since 1']);
  await before.manager.stop();

  const soon = await startRig(state, scraped([0, 30]), START_MS + 3 * MINUTE_MS - 1000);
  await soon.advance(2000);
  expect(shown(soon)).toEqual(['pending since 1']);
  await soon.advance(MINUTE_MS);
  expect(shown(soon)).toEqual(['firing since 1, fired 4']);
  await soon.manager.stop();

  const lateMs = START_MS + 5 * MINUTE_MS + TOLERANCE_MS;
  const late = await startRig(state, scraped([0, 5], [60, 90]), lateMs - 1000);
  await late.advance(2000);
  expect(shown(late)).toEqual(['pending since 65']);

  const other = await RuleStates.load({
    store: state,
    logger: SILENT_LOGGER,
    outageToleranceMs: TOLERANCE_MS,
  });
  const rig = new RuleRig({ startMs: START_MS, manager: { states: other } });
  await rig.apply(ruleFile('groups: [{name: h, rules: [{alert: B, expr: vector(1) > 2}]}]'));
  await rig.advance(4 * MINUTE_MS);
  expect(state.rows.size).toBe(0);
});

test('only what changes is saved, and each minute that it is still so', async () => {
  const state = new MemoryStateStore();
  const rig = await startRig(state, scraped([0, 60]), START_MS, {
    settings: { evaluationIntervalMs: 5000 },
  });
  await rig.advance(5 * MINUTE_MS);
  const before = state.saveCount;
  await rig.advance(10 * MINUTE_MS);
  // 120 evaluations: it is told anew each minute, and its age is kept.
  expect(state.saveCount - before).toBeLessThanOrEqual(20);
  expect(state.rows.size).toBe(1);
});

test('a store that cannot be read keeps firing alerts alive; any other failure does not', async () => {
  const failure: { error: Error | undefined } = { error: undefined };
  const rig = await startRig(new MemoryStateStore(), scraped([0, 90]), START_MS, {
    aroundQuery:
      (query) =>
      async (...args) => {
        if (failure.error !== undefined) throw failure.error;
        return query(...args);
      },
  });
  await rig.advance(5 * MINUTE_MS);
  expect(shown(rig)).toEqual(['firing since 1, fired 4']);

  failure.error = new Error('wrapped', { cause: new StoreUnavailableError('away', 1000) });
  const sentBefore = rig.sent.length;
  await rig.advance(20 * MINUTE_MS);
  expect(rig.sent.length).toBeGreaterThan(sentBefore + 8);
  expect(rig.sent.at(-1)?.alert.endsAtMs).toBeGreaterThan(rig.clock.nowMs());

  failure.error = new Error('many-to-many matching not allowed');
  const sentThen = rig.sent.length;
  await rig.advance(5 * MINUTE_MS);
  expect(rig.sent).toHaveLength(sentThen);
  expect(shown(rig)).toEqual(['firing since 1, fired 4']);
});
