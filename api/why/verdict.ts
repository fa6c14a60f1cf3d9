/** Decisions about one alert, put together: did it fire, and who was told. */
import type { AlertDecision, DecisionKind } from '../../model/alert-decisions.ts';
import { compareUtf8 } from '../../model/labels.ts';

export type AlertCondition = 'firing' | 'pending' | 'inactive' | 'unknown';

export interface ToldVerdict {
  readonly receiver: string;
  readonly integration: string;
  readonly groupKey: string;
  /** When it was told that the alert fires, for the last time; undefined: never. */
  readonly toldAt: string | undefined;
  readonly messageCount: number;
  readonly text: string;
}

export interface Verdict {
  readonly state: AlertCondition;
  /** Since when; undefined when that is not known. */
  readonly since: string | undefined;
  readonly text: string;
  readonly receivers: readonly ToldVerdict[];
}

const STATE_OF: Readonly<Partial<Record<DecisionKind, AlertCondition>>> = {
  pending: 'pending',
  firing: 'firing',
  kept_firing: 'firing',
  firing_again: 'firing',
  resolved: 'inactive',
  cleared: 'inactive',
  over_limit: 'inactive',
};

/** @param decisions of one alert, in order of time, all of them before the time that is asked for */
export function verdictOf(
  decisions: readonly AlertDecision[],
  tellsAnybody: (receiver: string) => boolean,
): Verdict {
  const life = decisions.filter(({ kind }) => STATE_OF[kind] !== undefined);
  const last = life.at(-1);
  const episode = last === undefined ? decisions : decisions.slice(decisions.indexOf(begin(life)));
  const receivers = receiversOf(episode, tellsAnybody);
  if (last === undefined) return { ...fromElsewhere(decisions), receivers };
  const state = STATE_OF[last.kind] ?? 'unknown';
  const started = life.findLast(({ kind }) => kind === 'firing');
  const since = state === 'firing' ? (started ?? last) : last;
  const text = lifeText(last, since) + acknowledgedText(episode);
  return { state, since: timeText(since.atMs), text, receivers };
}

/** The decision that the last episode began with: after the last end. */
function begin(life: readonly AlertDecision[]): AlertDecision {
  const ended = life.slice(0, -1).findLastIndex(({ kind }) => STATE_OF[kind] === 'inactive');
  return life[ended + 1] as AlertDecision;
}

function acknowledgedText(episode: readonly AlertDecision[]): string {
  const last = episode.findLast(({ kind }) => kind.endsWith('acknowledged'));
  if (last?.kind !== 'acknowledged') return '';
  return ` It was acknowledged at ${timeText(last.atMs)} ${last.reason}.`;
}

function lifeText(last: AlertDecision, since: AlertDecision): string {
  const value = Number.isNaN(last.value) ? '' : ` The value was ${last.value}.`;
  const at = timeText(last.atMs);
  switch (last.kind) {
    case 'pending':
      return `It did not fire yet: since ${at} ${last.reason}.${value}`;
    case 'kept_firing':
      return `It fired since ${timeText(since.atMs)}; since ${at} ${last.reason}.`;
    case 'firing':
    case 'firing_again':
      return `It fired since ${timeText(since.atMs)}: ${last.reason}.${value}`;
    case 'cleared':
      return `It did not fire: at ${at} ${last.reason}.`;
    default:
      return `It did not fire any more: at ${at} ${last.reason}.${value}`;
  }
}

/** No rule of ours found it: somebody sends it. */
function fromElsewhere(decisions: readonly AlertDecision[]): Omit<Verdict, 'receivers'> {
  const first = decisions.find(({ kind }) => kind === 'routed');
  if (first === undefined) {
    return { state: 'unknown', since: undefined, text: 'Nothing is known of whether it fired.' };
  }
  const told = decisions.findLast(({ kind }) => kind === 'sent' || kind === 'sent_resolved');
  const since = timeText(first.atMs);
  if (told?.kind === 'sent_resolved') {
    const text = `It was sent to us since ${since}, and resolved by ${timeText(told.atMs)}.`;
    return { state: 'inactive', since: timeText(told.atMs), text };
  }
  return { state: 'firing', since, text: `It fired: it was sent to us since ${since}.` };
}

function receiversOf(
  decisions: readonly AlertDecision[],
  tellsAnybody: (receiver: string) => boolean,
): readonly ToldVerdict[] {
  const routed = decisions.filter(({ receiver }) => receiver !== '');
  const groups = Map.groupBy(routed, ({ receiver, groupKey }) => `${groupKey}\n${receiver}`);
  const verdicts = [...groups.values()].flatMap((ofGroup) => {
    const names = [...new Set(ofGroup.map(({ integration }) => integration))];
    const integrations = names.filter((name) => name !== '');
    return (integrations.length === 0 ? [''] : integrations).map((integration) => {
      // What holds for the group holds for each of its integrations.
      const own = ofGroup.filter((one) => ['', integration].includes(one.integration));
      return toldVerdict(own, integration, tellsAnybody);
    });
  });
  return verdicts.sort((a, b) => compareUtf8(nameOf(a), nameOf(b)));
}

function nameOf({ receiver, integration }: Pick<ToldVerdict, 'receiver' | 'integration'>): string {
  return integration === '' ? receiver : `${receiver}/${integration}`;
}

function toldVerdict(
  decisions: readonly AlertDecision[],
  integration: string,
  tellsAnybody: (receiver: string) => boolean,
): ToldVerdict {
  const last = lastOf(decisions);
  const { receiver, groupKey } = last;
  const sent = decisions.filter(({ kind }) => kind === 'sent');
  const name = nameOf({ receiver, integration });
  return {
    receiver,
    integration,
    groupKey,
    toldAt: sent.length === 0 ? undefined : timeText(sent.at(-1)?.atMs ?? last.atMs),
    messageCount: sent.length,
    text: tellsAnybody(receiver)
      ? `${name} ${toldText(sent)}${lastText(last, sent.length > 0)}.`
      : `${receiver} has no integrations: it tells nobody.`,
  };
}

/** Resolved alerts are spoken of for a while, which is no news to anybody. */
function lastOf(decisions: readonly AlertDecision[]): AlertDecision {
  const last = decisions.at(-1) as AlertDecision;
  if (last.kind !== 'unchanged' && last.kind !== 'routed') return last;
  const news = decisions.findLast(({ kind }) => kind !== 'unchanged' && kind !== 'routed');
  return news?.kind === 'sent_resolved' ? news : last;
}

function toldText(sent: readonly AlertDecision[]): string {
  const [first] = sent;
  if (first === undefined) return 'was not told';
  const at = `was told at ${timeText(first.atMs)} (${first.reason})`;
  const again = sent.length - 1;
  if (again === 0) return at;
  const times = again === 1 ? 'once more' : `${again} more times`;
  return `${at} and ${times}, at last at ${timeText(sent.at(-1)?.atMs ?? first.atMs)}`;
}

function lastText(last: AlertDecision, isTold: boolean): string {
  const at = timeText(last.atMs);
  const by = last.by.length === 0 ? '' : ` (${last.by.join(', ')})`;
  switch (last.kind) {
    case 'sent':
      return '';
    case 'sent_resolved':
      return `, and at ${at} that it is resolved`;
    case 'routed':
      return `: since ${at} it is in a group that has not spoken since`;
    case 'attempt_failed':
      return `: at ${at} an attempt failed (${last.reason}), and another was to follow`;
    case 'failed':
      return `: since ${at} this fails: ${last.reason}`;
    default:
      return `${isTold ? '; not again' : ''}: since ${at} ${last.reason}${by}`;
  }
}

export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
