/** Runs scenarios on two sides at once. */
import { pauseMs } from '../../../bench/process.ts';
import {
  differenceToExpected,
  NOT_SHIFTED,
  payloadDifference,
  type Shifted,
  shownLines,
  toldLines,
} from './compare-told.ts';
import type { FireOptions, Scenario, Side, SilenceOptions } from './scenario.ts';
import type { Answerer, Received } from './webhook-sink.ts';

const HOUR_SECONDS = 3600;
const THERE_WITHIN_MS = 15_000;
const RETRY_MS = 100;

export interface Judgement {
  readonly id: string;
  readonly title: string;
  readonly ours: string;
  readonly theirs: string;
  /** `equal`, `intended` with its reason, or what is wrong. */
  readonly verdict: 'equal' | 'intended' | 'wrong';
  readonly note: string;
}

/** Who is asked now: a restart gives a side another URL. */
export interface Running {
  readonly url: () => string;
  readonly received: readonly Received[];
}

/** For the sinks of both sides. @param startMs asked when the first request comes */
export function answererOf(scenarios: readonly Scenario[], startMs: () => number): Answerer {
  return (path, atMs, before) => {
    const scenario = scenarios.find(
      ({ id, receivers = [] }) => id === path || receivers.includes(path),
    );
    return scenario?.answer?.(path, (atMs - startMs()) / 1000, before) ?? 200;
  };
}

/** Programs are away from a second on; what comes after it waits until they are back. */
export interface Away {
  readonly fromSecond: number;
  /** Seconds by which all that follows is later. */
  readonly shift: Promise<number>;
}

/** Every step at its time, on both sides; resolves when the last scenario is over. */
export async function drive(
  scenarios: readonly Scenario[],
  sides: readonly Running[],
  startMs: number,
  away?: Away,
): Promise<void> {
  const until = async (second: number): Promise<void> => {
    const shift = away !== undefined && second >= away.fromSecond ? await away.shift : 0;
    await pauseMs(Math.max(0, startMs + (second + shift) * 1000 - Date.now()));
  };
  await Promise.all(
    scenarios.map(async (scenario) => {
      const handles = sides.map((side) => sideOf(scenario, side, startMs));
      for (const { at, run } of scenario.steps) {
        await until(at);
        for (const handle of handles) handle.at = at;
        await Promise.all(handles.map(({ side }) => run(side)));
      }
      await until(scenario.until);
    }),
  );
}

export function judge(
  scenario: Scenario,
  ours: readonly Received[],
  theirs: readonly Received[],
  startMs: number,
  shifted: Shifted = NOT_SHIFTED,
): Judgement {
  const { id, title, tolerance, receivers = [] } = scenario;
  const mine = toldLines(ours, scenario, startMs, shifted);
  const other = toldLines(theirs, scenario, startMs, shifted);
  const wrong = differenceToExpected(mine, (scenario.ours ?? scenario).told, tolerance);
  const theirWrong = differenceToExpected(other, (scenario.theirs ?? scenario).told, tolerance);
  const { isTimeOwn = false } = scenario;
  const isIntended = scenario.ours !== undefined || scenario.theirs !== undefined;
  const payload = isIntended
    ? undefined
    : payloadDifference(ours, theirs, new Set([id, ...receivers]), isTimeOwn);
  const problems = [
    wrong === undefined ? '' : `ours: ${wrong}`,
    theirWrong === undefined ? '' : `theirs: ${theirWrong}`,
    payload === undefined ? '' : `payloads differ: ${payload}`,
  ].filter(Boolean);
  const reason = (scenario.ours ?? scenario.theirs)?.reason ?? '';
  return {
    id,
    title,
    ours: shownLines(mine),
    theirs: shownLines(other),
    verdict: problems.length > 0 ? 'wrong' : isIntended ? 'intended' : 'equal',
    note: problems.length > 0 ? problems.join('; ') : reason,
  };
}

interface Handle {
  readonly side: Side;
  /** The second of the step that is run. */
  at: number;
}

/** A program that is being started answers a little later. */
async function fetchWhenThere(url: () => string, init: RequestInit): Promise<Response> {
  const deadlineMs = Date.now() + THERE_WITHIN_MS;
  for (;;) {
    try {
      return await fetch(url(), init);
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await pauseMs(RETRY_MS);
    }
  }
}

function sideOf(scenario: Scenario, { url }: Running, startMs: number): Handle {
  const handle = { at: 0 };
  const time = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();
  // As planned, not as it is: both sides are told the same.
  const now = (): number => handle.at;
  let silenceId = '';
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetchWhenThere(() => `${url()}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${scenario.id}: ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const alertOf = (id: string, { startsAt, endsAt, labels, annotations }: FireOptions) => ({
    labels: { alertname: 'X', scenario: scenario.id, id, ...labels },
    annotations: { summary: `<${id}> & more`, ...annotations },
    startsAt: time(startsAt ?? Math.floor(now())),
    ...(endsAt === 'never' ? {} : { endsAt: time(endsAt ?? Math.floor(now()) + HOUR_SECONDS) }),
    generatorURL: 'http://prometheus.example/graph?g0.expr=up&g0.tab=1',
  });
  const side: Side = {
    get url() {
      return url();
    },
    fire: async (id, options = {}) => void (await post('alerts', [alertOf(id, options)])),
    resolve: async (id, startsAt, labels = {}) => {
      const alert = alertOf(id, { startsAt, endsAt: Math.floor(now()), labels });
      await post('alerts', [alert]);
    },
    silence: async ({ matchers, endsAt }: SilenceOptions) => {
      const answer = await post('silences', {
        matchers: Object.entries(matchers).map(([name, value]) => ({
          name,
          value,
          isRegex: false,
        })),
        startsAt: time(now()),
        endsAt: time(endsAt),
        createdBy: 'a scenario',
        comment: '',
      });
      silenceId = (answer as { silenceID: string }).silenceID;
    },
    expire: async () => {
      const answer = await fetch(`${url()}/api/v2/silence/${silenceId}`, { method: 'DELETE' });
      if (!answer.ok) throw new Error(`${scenario.id}: not expired: ${answer.status}`);
    },
  };
  return Object.assign(handle, { side });
}
