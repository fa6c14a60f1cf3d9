import { expect, test } from 'vitest';
import type { AlertDecision } from '../model/alert-decisions.ts';
import { alertFingerprint } from '../model/alert-fingerprint.ts';
import { AlertMatcher } from '../model/alert-matchers/alert-matcher.ts';
import { Labels } from '../model/labels.ts';
import { NotifyRig } from '../test/notify-rig.ts';
import { DecisionRecorder } from './decision-recorder.ts';

const CONFIG = `
route: {receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: team, webhook_configs: [{url: 'http://receiver/'}]}]
inhibit_rules: [{source_matchers: ['id="source"'], target_matchers: ['id="a"']}]
`;

class Recorded {
  readonly decisions: AlertDecision[] = [];
  readonly rig = new NotifyRig();
  readonly recorder: DecisionRecorder;

  constructor() {
    this.recorder = new DecisionRecorder(
      { append: (made) => this.decisions.push(...made) },
      (fingerprint) => this.rig.engine.alertOf(fingerprint) !== undefined,
    );
  }

  async start(config = CONFIG): Promise<this> {
    await this.rig.start(config, { observe: (event) => this.recorder.observe(event) });
    return this;
  }

  /** `70 silenced by x`: second and what was decided of the alert. */
  of(id: string): readonly string[] {
    const startMs = Date.UTC(2026, 0, 1);
    return this.decisions
      .filter(({ labels }) => labels.get('id') === id)
      .map(({ atMs, kind, by }) => {
        return `${(atMs - startMs) / 1000} ${kind}${by.length > 0 ? ` by ${by.join()}` : ''}`;
      });
  }
}

test('what is decided is kept once, until it changes', async () => {
  const recorded = await new Recorded().start();
  recorded.rig.fire('a', { endsAt: 10 * 3600 });

  await recorded.rig.until(3 * 3600);

  expect(recorded.of('a').slice(0, 5)).toEqual([
    '0 routed',
    '10 sent',
    '70 unchanged',
    '3610 sent',
    '3670 unchanged',
  ]);
  expect(recorded.decisions[1]).toMatchObject({
    reason: 'first notification',
    receiver: 'team',
    integration: 'webhook[0]',
    groupKey: '{}:{alertname="X"}',
    attemptCount: 1,
  });
  expect(recorded.decisions[2]?.reason).toBe(
    'the repeat interval of 1h has not elapsed (told at 2026-01-01T00:00:10.000Z)',
  );
});

test('a silence and an inhibition tell each alert by what it is silent', async () => {
  const recorded = await new Recorded().start();
  const { rig } = recorded;
  const silence = rig.engine.silences.set({
    id: '',
    matchers: [new AlertMatcher('=', 'id', 'b')],
    startsAtMs: undefined,
    endsAtMs: rig.clock.nowMs() + 100_000,
    createdBy: 'me',
    comment: '',
  });
  rig.fire('source');
  rig.fire('a');
  rig.fire('b');

  await rig.until(200);

  const source = alertFingerprint(Labels.fromRecord({ alertname: 'X', id: 'source' }));
  expect(recorded.of('a')).toEqual(['0 routed', `10 inhibited by ${source}`]);
  expect(recorded.of('b')).toEqual([
    '0 routed',
    `10 silenced by ${silence.id}`,
    '130 sent',
    '190 unchanged',
  ]);
});

test('a receiver that is down fails once in the record, however often it is tried', async () => {
  const recorded = await new Recorded().start();
  const { rig } = recorded;
  rig.answer = () =>
    Promise.resolve({ kind: 'failed', retry: true, reason: 'serverError', message: 'status 503' });
  rig.fire('a');
  await rig.until(600);
  rig.answer = () => Promise.resolve({ kind: 'sent' });
  await rig.until(700);

  const kinds = recorded.decisions.map(({ kind }) => kind);
  expect(kinds.slice(0, 4)).toEqual(['routed', 'attempt_failed', 'failed', 'sent']);
  expect(recorded.decisions[1]?.reason).toContain('status 503');
});

test('resolved alerts are told so, and a receiver that does not want to know is not', async () => {
  const quiet = CONFIG.replace("'http://receiver/'", "'http://receiver/', send_resolved: false");
  for (const [config, last] of [
    [CONFIG, '70 sent_resolved'],
    [quiet, '70 unchanged'],
  ] as const) {
    const recorded = await new Recorded().start(config);
    recorded.rig.fire('a');
    await recorded.rig.until(20);
    recorded.rig.resolve('a');
    await recorded.rig.until(100);

    expect(recorded.of('a').at(-1)).toBe(last);
  }
});

test('alerts that are gone are forgotten', async () => {
  const decisions: AlertDecision[] = [];
  const alive = new Set(['0']);
  const recorder = new DecisionRecorder(
    { append: (made) => decisions.push(...made) },
    (fingerprint) => alive.has(fingerprint),
  );
  const route = (fingerprint: string) =>
    recorder.observe({
      kind: 'routed',
      fingerprint,
      labels: Labels.EMPTY,
      groupKey: 'g',
      receiver: 'r',
      nowMs: 0,
    });
  for (let at = 0; at < 1001; at++) route(String(at));

  route('0');
  route('1');

  expect(decisions).toHaveLength(1002);
});
