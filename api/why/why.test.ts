/** Real rules and notifications in virtual time, over a real store. */
import { afterEach, expect, test } from 'vitest';
import type { AlertDecision } from '../../model/alert-decisions.ts';
import { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import { DecisionRecorder } from '../../notify/decision-recorder.ts';
import { createEngine } from '../../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import type { ScriptSeries } from '../../promql/promqltest/script.ts';
import { parseSequence } from '../../promql/promqltest/series-notation.ts';
import { engineQuery } from '../../rules/evaluation/rule-query.ts';
import { slotBefore } from '../../rules/manager/group-schedule.ts';
import { MemoryNotifyStore, NotifyRig, notificationConfig } from '../../test/notify-rig.ts';
import { RuleRig, ruleFile } from '../../test/rule-rig.ts';
import { openTestStore, type TestStore } from '../../test/store/open-test-store.ts';
import { whyRoutes } from './why-routes.ts';

const MINUTE_MS = 60_000;
const START_MS = slotBefore(Date.UTC(2026, 10, 24, 10), 'rules.yml;g', MINUTE_MS);

const ROUTING = `
route:
  receiver: default
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 4h
  routes:
    - {matchers: [severity="page"], receiver: pager}
    - {matchers: [job="web"], receiver: 'null', continue: true}
    - {matchers: [job="web"], receiver: default}
receivers:
  - {name: default, webhook_configs: [{url: 'http://receiver/'}]}
  - {name: pager, webhook_configs: [{url: 'http://pager/'}]}
  - {name: 'null'}
`;

let store: TestStore | undefined;
afterEach(async () => {
  await store?.remove();
});

interface WhyAnswer {
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly verdict: {
      readonly state: string;
      readonly since?: string;
      readonly text: string;
      readonly receivers: readonly { readonly receiver: string; readonly text: string }[];
    };
    readonly decisions: readonly { readonly time: string; readonly kind: string }[];
    readonly routes: readonly {
      readonly receiver: string;
      readonly taken: boolean;
      readonly why: string;
    }[];
  }[];
  readonly rules: readonly { readonly text: string }[];
}

class WhyRig {
  readonly rules: RuleRig;
  readonly notify = new NotifyRig(new MemoryNotifyStore(), START_MS);
  readonly #store: TestStore;

  constructor(testStore: TestStore, input: readonly ScriptSeries[]) {
    this.#store = testStore;
    this.rules = new RuleRig({
      startMs: START_MS,
      input,
      manager: {
        alerts: { send: (alerts) => this.notify.engine.send(alerts) },
        decisions: { append: (made) => this.#keep(made) },
      },
    });
  }

  #keep(made: readonly AlertDecision[]): void {
    this.#store.store.decisionSink.append(made);
  }

  async run(rule: string, minutes: number): Promise<void> {
    const recorder = new DecisionRecorder({ append: (made) => this.#keep(made) }, () => true);
    await this.notify.start(ROUTING, { observe: (event) => recorder.observe(event) });
    await this.rules.apply(ruleFile(`groups: [{ name: g, rules: [${rule}] }]`));
    await this.go(minutes);
  }

  async go(minutes: number): Promise<void> {
    const stepMs = 10_000;
    for (let passedMs = 0; passedMs < minutes * MINUTE_MS; passedMs += stepMs) {
      await this.notify.until(this.notify.seconds + stepMs / 1000);
      await this.rules.advance(stepMs);
    }
    await this.#store.store.flush();
  }

  async ask(query: string): Promise<WhyAnswer> {
    const app = whyRoutes({
      decisions: this.#store.store.decisionSource,
      source: {
        engine: this.notify.engine,
        config: notificationConfig(ROUTING),
        integrations: new Map(),
        templates: undefined as never,
        externalUrl: '',
      },
      groups: () => this.rules.manager.groups,
      query: engineQuery(createEngine(this.rules.store, ENGINE_DEFAULTS)),
      now: () => this.rules.clock.nowMs(),
    });
    const answer = await app.request(`/alerts/why?${query}`);
    const { data } = (await answer.json()) as { readonly data: WhyAnswer };
    return data;
  }

  minute(count: number): string {
    return new Date(START_MS + count * MINUTE_MS).toISOString();
  }
}

/** One sample each 30 s. */
function series(...texts: readonly string[]): readonly ScriptSeries[] {
  return texts.map((text) => {
    const { labels, points } = parseSequence(text);
    const samples = points.flatMap((point, index) => {
      if (point.kind === 'none') return [];
      return [{ timestampMs: START_MS + index * 30_000, startTimestampMs: 0, point }];
    });
    return { labels, samples };
  });
}

async function rig(...input: readonly string[]): Promise<WhyRig> {
  store = await openTestStore();
  return new WhyRig(store, series(...input));
}

const RULE = '{ alert: Busy, expr: load > 90, for: 2m, labels: { severity: mail } }';

test('an alert that fired: since when, who was told when, what was decided, which routes', async () => {
  const why = await rig('load{job="web"} 50 50 95x10 40x20', 'load{job="db"} 50x40');
  await why.run(RULE, 10);

  const { alerts, rules } = await why.ask(`filter=alertname=Busy&time=${why.minute(5)}`);

  expect(rules).toEqual([]);
  expect(alerts).toHaveLength(1);
  const [busy] = alerts;
  expect(busy?.labels).toEqual({ alertname: 'Busy', job: 'web', severity: 'mail' });
  expect(busy?.verdict).toMatchObject({ state: 'firing', since: why.minute(3) });
  expect(busy?.verdict.text).toBe(
    `It fired since ${why.minute(3)}: the expression gives it since ${why.minute(1)}. The value was 95.`,
  );
  expect(busy?.decisions.map(({ kind }) => kind)).toEqual([
    'pending',
    'firing',
    'routed',
    'routed',
    'sent',
    'unchanged',
  ]);
  expect(busy?.verdict.receivers.map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /^default\/webhook\[0\] was told at .* \(first notification\); not again: since .* the repeat interval of 4h has not elapsed \(told at .*\)\.$/,
    ),
    'null has no integrations: it tells nobody.',
  ]);
  expect(busy?.routes).toMatchObject([
    { receiver: 'default', taken: false, why: 'a route below takes it' },
    { receiver: 'pager', taken: false, why: 'severity="page" does not match: severity is "mail"' },
    { receiver: 'null', taken: true },
    { receiver: 'default', taken: true },
  ]);

  const after = await why.ask(`filter=alertname=Busy&time=${why.minute(10)}`);

  expect(after.alerts[0]?.verdict).toMatchObject({ state: 'inactive' });
  expect(after.alerts[0]?.verdict.receivers[0]?.text).toMatch(/and at .* that it is resolved\.$/);
  expect(after.rules[0]?.text).toBe(
    'It did not fire: `load` is 40 for {__name__="load", job="web"}, which is not > 90.',
  );
});

test('an alert that waits, and one that was gone before `for` was over', async () => {
  const why = await rig('load{job="web"} 95 95 95 40x20');
  await why.run(RULE, 4);

  const pending = await why.ask(`filter=alertname=Busy&time=${why.minute(1.5)}`);
  const gone = await why.ask(`filter=alertname=Busy&time=${why.minute(4)}`);

  expect(pending.alerts[0]?.verdict).toMatchObject({ state: 'pending', receivers: [] });
  expect(pending.alerts[0]?.verdict.text).toContain('it fires when that has lasted for 2m');
  expect(gone.alerts[0]?.verdict.text).toContain('had not given it for 2m');
});

test('an alert that never was: the value is below the threshold, or there is none', async () => {
  const why = await rig('load{job="web"} 40x20', 'up{job="web"} 1x20');
  await why.run(
    `${RULE}, { alert: Lost, expr: 'rate(requests_total[5m]) > 1 and on (job) up == 1' }`,
    4,
  );
  const text = async (query: string) => (await why.ask(query)).rules.map((rule) => rule.text);

  expect(await text('filter=alertname=Busy&filter=job=web')).toEqual([
    'It did not fire: `load` is 40 for {__name__="load", job="web"}, which is not > 90.',
  ]);
  expect(await text('filter=alertname=Busy&filter=job=db')).toEqual([
    'It did not fire: no series `load` has a sample.',
  ]);
  expect(await text('filter=alertname=Lost')).toEqual([
    'It did not fire: `requests_total[5m]` has no samples.',
  ]);
  expect(await text('filter=alertname=Other')).toEqual([]);
});

test('a silence is told by its id', async () => {
  const why = await rig('load{job="web"} 95x40');
  await why.run(RULE, 1);
  const { id } = why.notify.engine.silences.set({
    id: '',
    matchers: [new AlertMatcher('=', 'job', 'web')],
    startsAtMs: undefined,
    endsAtMs: START_MS + 60 * MINUTE_MS,
    createdBy: 'me',
    comment: '',
  });
  await why.go(4);

  const { alerts } = await why.ask('filter=alertname=Busy');

  expect(alerts[0]?.verdict.receivers[0]?.text).toMatch(
    new RegExp(`^default was not told: since .* a silence covers it \\(${id}\\)\\.$`),
  );
});

test.each([
  '',
  'filter=a%3D%22',
  'fingerprint=xyz',
  'filter=a=b&time=5&from=6',
  'filter=a%3D~%22(%22',
])('the question %j is refused', async (query) => {
  const app = whyRoutes({ now: () => 0 } as never);
  app.onError((error, c) => c.text(error.message, 400));
  const answer = await app.request(`/alerts/why?${query}`);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('parameter')]);
});
