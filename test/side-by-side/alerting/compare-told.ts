/** What two sides told, as lines that can be compared. */
import type { Scenario } from './scenario.ts';
import type { Received } from './webhook-sink.ts';

/** A busy machine takes its time. */
const TOLERANCE_SECONDS = 2;

export interface ToldLine {
  readonly at: number;
  readonly text: string;
}

/** What came after a second came so much later than it would have. */
export interface Shifted {
  readonly fromSecond: number;
  readonly bySeconds: number;
}

export const NOT_SHIFTED: Shifted = { fromSecond: 0, bySeconds: 0 };

/** Of the requests that belong to the scenario. */
export function toldLines(
  received: readonly Received[],
  scenario: Scenario,
  startMs: number,
  { fromSecond, bySeconds }: Shifted,
): readonly ToldLine[] {
  const secondOf = (atMs: number): number => {
    const second = (atMs - startMs) / 1000;
    return second < fromSecond ? second : second - bySeconds;
  };
  const paths = new Set([scenario.id, ...(scenario.receivers ?? [])]);
  return received
    .filter(({ path }) => paths.has(path))
    .filter(({ answer }) => scenario.takenOnly !== true || answer === 200)
    .filter(({ atMs }) => secondOf(atMs) <= scenario.until)
    .map(({ atMs, path, message, answer }) => {
      const alerts = message.alerts.map(({ status, labels }) => {
        return (status === 'resolved' ? '-' : '') + (labels['id'] ?? labels['alertname'] ?? '');
      });
      const not = answer === 200 ? '' : ` !${answer}`;
      return {
        at: secondOf(atMs),
        text: `${path}: ${message.status} ${alerts.join(' ')}${not}`,
      };
    });
}

export function shownLines(lines: readonly ToldLine[]): string {
  if (lines.length === 0) return 'nothing';
  return lines.map(({ at, text }) => `${Math.round(at * 10) / 10} ${text}`).join('; ');
}

/** @returns undefined when the lines are what was expected, in any order within the tolerance */
export function differenceToExpected(
  lines: readonly ToldLine[],
  expected: readonly string[],
  tolerance = TOLERANCE_SECONDS,
): string | undefined {
  const left = [...lines];
  for (const line of expected) {
    const [, second = '', text = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const at = left.findIndex(
      (one) => one.text === text && Math.abs(one.at - Number(second)) <= tolerance,
    );
    if (at < 0) return `missing: ${line}`;
    left.splice(at, 1);
  }
  return left.length === 0 ? undefined : `too many: ${shownLines(left)}`;
}

/** Fields that differ by nature, or that the peer's version does not have. */
const OWN_FIELDS = ['externalURL', 'notification_reason', 'routeLabels'];

/** The first message that differs in more than that. */
export function payloadDifference(
  ours: readonly Received[],
  theirs: readonly Received[],
  paths: ReadonlySet<string>,
  isTimeOwn: boolean,
): string | undefined {
  const plain = (received: readonly Received[]): readonly string[] =>
    received
      .filter(({ path }) => paths.has(path))
      .map(({ message }) => JSON.stringify(comparable(message, isTimeOwn)))
      .sort();
  const [mine, other] = [plain(ours), plain(theirs)];
  if (mine.length !== other.length) return undefined;
  const at = mine.findIndex((text, index) => text !== other[index]);
  return at < 0 ? undefined : `${mine[at] ?? ''} / ${other[at] ?? ''}`;
}

function comparable(message: object, isTimeOwn: boolean): unknown {
  return JSON.parse(JSON.stringify(message), (name, value: unknown) => {
    if (OWN_FIELDS.includes(name)) return undefined;
    if (isTimeOwn && (name === 'startsAt' || name === 'endsAt')) return undefined;
    if (name === 'generatorURL' && typeof value === 'string') {
      return value.replace(/^https?:\/\/[^/]*/, '');
    }
    return value;
  });
}
