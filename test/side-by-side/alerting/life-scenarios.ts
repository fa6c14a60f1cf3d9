/** Scenarios around what happens to the programs: a reload, a restart, a kill. */
import { fire, resolve, type Scenario, step } from './scenario.ts';

/** In this second of its phase a program is stopped, killed, or told to reload. */
export const EVENT_AT = 6;
/** And it is started again in this one. */
export const START_AT = 8;

export const RELOAD_SCENARIOS: readonly Scenario[] = [
  {
    id: 'A26',
    title: 'a reload repeats nothing; a bad file changes nothing',
    steps: [fire(0, 'A'), fire(14, 'B')],
    until: 30,
    told: ['3 A26: firing A', '18 A26: firing A B'],
    // The group is new with the reload and older than group_wait: it speaks at once, to the log.
    tolerance: 3.5,
  },
];

/** Alerts are sent again; seconds from `START_AT` on count from when both programs are back. */
const AGAIN_AT = START_AT + 6;
const UNTIL = START_AT + 22;
const BACK_TOLERANCE = 4;

export const RESTART_SCENARIOS: readonly Scenario[] = [
  {
    id: 'A27',
    title: 'a restart repeats nothing',
    steps: [fire(0, 'A'), step(AGAIN_AT, (side) => side.fire('A', { startsAt: 0 }))],
    until: UNTIL,
    told: ['3 A27: firing A'],
  },
  {
    id: 'A27b',
    title: 'an alert that nobody sends again after a restart goes on',
    steps: [fire(0, 'A'), fire(AGAIN_AT, 'B')],
    until: UNTIL,
    tolerance: 5,
    told: ['3 A27b: firing A', `${AGAIN_AT + 3} A27b: firing B`],
    ours: {
      told: ['3 A27b: firing A', `${AGAIN_AT + 3} A27b: firing A B`],
      reason: 'alerts and groups are kept; Alertmanager forgets them',
    },
  },
  {
    id: 'A27c',
    title: 'a silence survives a restart',
    steps: [
      step(1, (side) => side.silence({ matchers: { scenario: 'A27c' }, endsAt: 1000 })),
      fire(2, 'A'),
      step(AGAIN_AT, (side) => side.fire('A', { startsAt: 2 })),
    ],
    until: UNTIL,
    told: [],
  },
];

export const KILL_SCENARIOS: readonly Scenario[] = [
  {
    id: 'A28',
    title: 'kill -9: what was told before',
    steps: [fire(0, 'A'), step(AGAIN_AT, (side) => side.fire('A', { startsAt: 0 }))],
    until: UNTIL,
    tolerance: 3,
    told: ['3 A28: firing A'],
    theirs: {
      told: ['3 A28: firing A', `${AGAIN_AT} A28: firing A`],
      reason: 'its log is as old as its last snapshot, up to 15 min: the message comes twice',
    },
  },
  {
    id: 'A28b',
    title: 'kill -9: resolved during the outage',
    steps: [
      fire(0, 'A'),
      step(AGAIN_AT, (side) => side.fire('A', { startsAt: 0, endsAt: EVENT_AT + 1 })),
    ],
    until: UNTIL,
    tolerance: 5,
    told: ['3 A28b: firing A', `${AGAIN_AT + 3} A28b: resolved -A`],
    theirs: {
      told: ['3 A28b: firing A'],
      reason: 'has forgotten that it told of it: the end is never told',
    },
  },
  {
    id: 'A28c',
    title: 'kill -9: an alert that waits for its group',
    steps: [fire(5, 'A')],
    until: UNTIL,
    tolerance: BACK_TOLERANCE,
    told: [],
    ours: {
      told: [`${START_AT} A28c: firing A`],
      reason: 'alerts and timers are kept; Alertmanager forgets them until they are sent again',
    },
  },
  {
    id: 'A28d',
    title: 'kill -9: resolved just before it',
    steps: [fire(0, 'A'), resolve(5, 'A')],
    until: UNTIL,
    tolerance: BACK_TOLERANCE,
    told: ['3 A28d: firing A', `${START_AT} A28d: resolved -A`],
    theirs: {
      told: ['3 A28d: firing A'],
      reason: 'has forgotten the alert: its end is never told',
    },
  },
  {
    id: 'A29',
    title: 'kill -9 while the receiver answers: told once more, under the same id',
    steps: [fire(1.5, 'A'), step(AGAIN_AT, (side) => side.fire('A', { startsAt: 1 }))],
    answer: (_path, _at, before) => (before === 0 ? { status: 200, afterMs: 5000 } : 200),
    until: UNTIL,
    tolerance: BACK_TOLERANCE,
    told: ['4.5 A29: firing A', `${START_AT} A29: firing A`],
    theirs: {
      told: ['4.5 A29: firing A', `${AGAIN_AT} A29: firing A`],
      reason: 'tells again when the alert is sent again; ours carries the same Idempotency-Key',
    },
  },
];
