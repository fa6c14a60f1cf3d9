/** Scenarios of the notification engine alone: alerts come by the API. All run at the same time. */
import { BASE_ROUTE, fire, resolve, type Scenario, step } from './scenario.ts';

/** The second in which a minute begins: scenarios of time intervals change over there. */
export const MINUTE_AT = 10;

const LIST = Array.from({ length: 20 }, (_, at) => `a${String(at).padStart(2, '0')}`);

export interface MinuteNames {
  /** The minute that the scenarios begin in, and the one that begins in second `MINUTE_AT`. */
  readonly first: string;
  readonly second: string;
}

/** @param utc names of the minutes in UTC @param kolkata the same in Asia/Kolkata */
export function alertScenarios(utc: MinuteNames, kolkata: MinuteNames): readonly Scenario[] {
  return [
    {
      id: 'A1',
      title: 'one alert is told once',
      steps: [fire(0, 'A')],
      until: 40,
      told: ['3 A1: firing A'],
    },
    {
      id: 'A2',
      title: 'two alerts of a group within group_wait are one message',
      steps: [fire(0, 'A', { labels: { job: 'b' } }), fire(1, 'B', { labels: { job: 'a' } })],
      until: 30,
      told: ['3 A2: firing B A'],
    },
    {
      id: 'A3',
      title: 'a later alert is told at the next group_interval, with the whole group',
      steps: [fire(0, 'A'), fire(4, 'B')],
      until: 30,
      told: ['3 A3: firing A', '9 A3: firing A B'],
    },
    {
      id: 'A4',
      title: 'resolved is told at the next group_interval',
      steps: [fire(0, 'A'), resolve(5, 'A')],
      until: 30,
      told: ['3 A4: firing A', '9 A4: resolved -A'],
    },
    {
      id: 'A5',
      title: 'what is over before group_wait is never told',
      steps: [fire(0, 'A'), resolve(1, 'A')],
      until: 30,
      told: [],
    },
    {
      id: 'A6',
      title: 'one of two resolved: the group is still firing',
      steps: [fire(0, 'A'), fire(0, 'B'), resolve(5, 'B')],
      until: 30,
      told: ['3 A6: firing A B', '9 A6: firing A -B'],
    },
    {
      id: 'A6b',
      title: 'the same without send_resolved: nothing',
      webhook: 'send_resolved: false',
      steps: [fire(0, 'A'), fire(0, 'B'), resolve(5, 'B')],
      until: 30,
      told: ['3 A6b: firing A B'],
    },
    {
      id: 'A7',
      title: 'flapping within a group_interval is silent',
      steps: [fire(0, 'A'), resolve(4, 'A'), fire(5, 'A')],
      until: 30,
      told: ['3 A7: firing A'],
    },
    {
      id: 'A8',
      title: 'firing again after the group was empty begins anew',
      steps: [fire(0, 'A'), resolve(5, 'A'), fire(10, 'A')],
      until: 30,
      told: ['3 A8: firing A', '9 A8: resolved -A', '13 A8: firing A'],
    },
    {
      id: 'A9',
      title: 'repeat_interval, a multiple of group_interval',
      route: 'group_by: [alertname], group_wait: 3s, group_interval: 6s, repeat_interval: 12s',
      steps: [fire(0, 'A')],
      until: 42,
      told: ['3 A9: firing A', '21 A9: firing A', '39 A9: firing A'],
      ours: {
        told: ['3 A9: firing A', '15 A9: firing A', '27 A9: firing A', '39 A9: firing A'],
        reason: 'counted from flush to flush, which is the documented time',
      },
    },
    {
      id: 'A10',
      title: 'an alert without an end is over after resolve_timeout',
      isTimeOwn: true,
      steps: [fire(0, 'A', { endsAt: 'never' })],
      until: 30,
      told: ['3 A10: firing A', '15 A10: resolved -A'],
    },
    {
      id: 'A11',
      title: 'an old alert is told at once',
      steps: [fire(0, 'A', { startsAt: -3600 })],
      until: 20,
      told: ['0 A11: firing A'],
    },
    {
      id: 'A12',
      title: 'a silence holds a message back until it ends',
      steps: [
        step(0, (side) => side.silence({ matchers: { scenario: 'A12' }, endsAt: 7 })),
        fire(0.2, 'A'),
      ],
      until: 30,
      told: ['9 A12: firing A'],
    },
    {
      id: 'A13',
      title: 'resolved while silenced: never told, and firing again neither',
      steps: [
        fire(0, 'A'),
        step(5, (side) => side.silence({ matchers: { scenario: 'A13' }, endsAt: 1000 })),
        resolve(7, 'A'),
        step(20, (side) => side.expire()),
        fire(25, 'A'),
      ],
      until: 40,
      told: ['3 A13: firing A'],
    },
    {
      id: 'A14',
      title: 'an inhibited alert is told when its source is over',
      route: 'group_by: [severity], group_wait: 3s, group_interval: 6s, repeat_interval: 1h',
      inhibitRules: [
        '{source_matchers: [scenario="A14", severity="critical"], target_matchers: [scenario="A14", severity="warning"], equal: [cluster]}',
      ],
      steps: [
        fire(0, 'S', { labels: { severity: 'critical', cluster: 'c' } }),
        fire(0, 'T', { labels: { severity: 'warning', cluster: 'c' } }),
        fire(0, 'U', { labels: { severity: 'warning', cluster: 'd' } }),
        resolve(5, 'S', 0, { severity: 'critical', cluster: 'c' }),
      ],
      until: 30,
      told: ['3 A14: firing S', '3 A14: firing U', '9 A14: firing T U', '9 A14: resolved -S'],
    },
    {
      id: 'A15',
      title: 'labels that both lack are equal',
      route: 'group_by: [severity], group_wait: 3s, group_interval: 6s, repeat_interval: 1h',
      inhibitRules: [
        '{source_matchers: [scenario="A15", severity="critical"], target_matchers: [scenario="A15", severity="warning"], equal: [zone]}',
      ],
      steps: [
        fire(0, 'S', { labels: { severity: 'critical' } }),
        fire(0, 'T', { labels: { severity: 'warning' } }),
      ],
      until: 20,
      told: ['3 A15: firing S'],
    },
    {
      id: 'A16',
      title: 'alerts on both sides of a rule do not inhibit each other',
      route: 'group_by: [id], group_wait: 3s, group_interval: 6s, repeat_interval: 1h',
      inhibitRules: [
        '{source_matchers: [scenario="A16", s="1"], target_matchers: [scenario="A16", t="1"]}',
      ],
      steps: [
        fire(0, 'A', { labels: { s: '1', t: '1' } }),
        fire(0, 'B', { labels: { s: '1', t: '1' } }),
      ],
      until: 20,
      told: ['3 A16: firing A', '3 A16: firing B'],
    },
    {
      id: 'A16b',
      title: 'one that is only a source inhibits them',
      route: 'group_by: [id], group_wait: 3s, group_interval: 6s, repeat_interval: 1h',
      inhibitRules: [
        '{source_matchers: [scenario="A16b", s="1"], target_matchers: [scenario="A16b", t="1"]}',
      ],
      steps: [
        fire(0, 'S', { labels: { s: '1' } }),
        fire(0.2, 'A', { labels: { s: '1', t: '1' } }),
        fire(0.2, 'B', { labels: { s: '1', t: '1' } }),
      ],
      until: 20,
      told: ['3 A16b: firing S'],
      theirs: {
        told: ['3 A16b: firing A', '3 A16b: firing B', '3 A16b: firing S'],
        reason: 'remembers one source per set of equal labels, and A hides S',
      },
    },
    {
      id: 'A17',
      title: 'continue: both siblings are told',
      route:
        'receiver: A17, group_wait: 3s, group_interval: 6s, routes: [{matchers: [x="1"], receiver: A17, continue: true}, {matchers: [scenario="A17"], receiver: A17-b, group_by: [alertname]}]',
      receivers: ['A17-b'],
      steps: [fire(0, 'A', { labels: { x: '1' } })],
      until: 20,
      told: ['3 A17: firing A', '3 A17-b: firing A'],
    },
    {
      id: 'A18',
      title: "group_by ['...']: every alert by itself",
      route: "group_by: ['...'], group_wait: 3s, group_interval: 6s, repeat_interval: 1h",
      steps: [fire(0, 'A'), fire(0, 'B'), fire(0, 'C')],
      until: 20,
      told: ['3 A18: firing A', '3 A18: firing B', '3 A18: firing C'],
    },
    {
      id: 'A19',
      title: 'a mute time interval holds back until it is over',
      route: `${BASE_ROUTE}, mute_time_intervals: [A19]`,
      timeIntervals: [
        `{name: A19, time_intervals: [{times: [{start_time: '${utc.first}', end_time: '${utc.second === '00:00' ? '24:00' : utc.second}'}]}]}`,
      ],
      steps: [fire(0, 'A')],
      until: 30,
      told: ['15 A19: firing A'],
    },
    {
      id: 'A20',
      title: 'an active time interval in another zone',
      route: `${BASE_ROUTE}, active_time_intervals: [A20]`,
      timeIntervals: [
        `{name: A20, time_intervals: [{location: Asia/Kolkata, times: [{start_time: '${kolkata.second}', end_time: '24:00'}]}]}`,
      ],
      steps: [fire(0, 'A')],
      until: 30,
      told: ['15 A20: firing A'],
    },
    {
      id: 'A21',
      title: 'a receiver that fails for a while gets the message once',
      steps: [fire(0, 'A')],
      answer: (_path, at) => (at < 8 ? 500 : 200),
      takenOnly: true,
      tolerance: 2,
      until: 30,
      told: ['9.5 A21: firing A'],
    },
    {
      id: 'A22',
      title: 'a receiver that refuses is asked once per group_interval',
      steps: [fire(0, 'A')],
      answer: () => 400,
      until: 20,
      told: ['3 A22: firing A !400', '9 A22: firing A !400', '15 A22: firing A !400'],
    },
    {
      id: 'A23',
      title: 'a receiver that hangs holds up its own group only',
      route: 'group_by: [id], group_wait: 3s, group_interval: 6s, repeat_interval: 1h',
      steps: [fire(0, 'A'), fire(1, 'B')],
      answer: (_path, _at, before) => (before === 1 ? 200 : 'hang'),
      until: 20,
      told: ['3 A23: firing A !hang', '4 A23: firing B', '13 A23: firing A !hang'],
    },
    {
      id: 'A24',
      title: 'what nobody heard of need not be told as resolved',
      steps: [fire(0, 'A'), resolve(12, 'A')],
      answer: (_path, at) => (at < 20 ? 500 : 200),
      takenOnly: true,
      until: 40,
      told: [],
    },
    {
      id: 'A24b',
      title: 'resolved while the receiver is away is told once when it is back',
      steps: [fire(0, 'A'), resolve(5, 'A')],
      answer: (_path, at) => (at > 7 && at < 20 ? 500 : 200),
      takenOnly: true,
      tolerance: 3,
      until: 40,
      told: ['3 A24b: firing A', '21 A24b: resolved -A'],
    },
    {
      id: 'A34',
      title: 'of a request with a bad alert the good ones count',
      isTimeOwn: true,
      steps: [
        step(0, async (side) => {
          const labels = { alertname: 'X', scenario: 'A34', id: 'A' };
          const answer = await fetch(`${side.url}/api/v2/alerts`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify([{ labels: {} }, { labels }]),
          });
          if (answer.status !== 400) throw new Error(`answered with ${answer.status}`);
        }),
      ],
      until: 9,
      told: ['3 A34: firing A'],
    },
    {
      id: 'A36',
      title: 'twenty alerts, told in order of their labels',
      steps: LIST.toReversed().map((id, at) => fire(at / 20, id)),
      until: 20,
      told: [`3 A36: firing ${LIST.join(' ')}`],
    },
    {
      id: 'A37',
      title: 'max_alerts cuts the message short',
      webhook: 'max_alerts: 2',
      steps: [fire(0, 'A'), fire(0, 'B'), fire(0, 'C')],
      until: 20,
      told: ['3 A37: firing A B'],
    },
  ];
}
