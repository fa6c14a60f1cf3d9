/** `metric{…}@st -30s -1m+10sx3 _`: the start timestamps of the samples on the next line. */
import { DurationError, parseDurationMs } from '../../model/duration.ts';

const HEAD = /^(\S*)@st[ \t]+(.*)$/;
const GAP = /^_(?:x(\d+))?$/;
const DURATION = '[+-]?\\d+[a-wyzA-WYZ]*';
const OFFSETS = new RegExp(`^(${DURATION})(?:([+-])(${DURATION}))?(?:x(\\d+))?$`);

/** More positions than any script needs; keeps a typing mistake from filling the memory. */
const POSITIONS_MAX = 1_000_000;

export interface StartTimestampLine {
  readonly metric: string;
  readonly items: string;
}

/** The parts of a line of start timestamps; undefined when it is another line. */
export function splitStartTimestampLine(line: string): StartTimestampLine | undefined {
  const match = HEAD.exec(line);
  return match === null ? undefined : { metric: match[1] ?? '', items: match[2] ?? '' };
}

/**
 * Offsets from the samples' own times in milliseconds, undefined where there is none.
 * @throws DurationError
 */
export function parseStartOffsetsMs(items: string): readonly (number | undefined)[] {
  const offsets: (number | undefined)[] = [];
  for (const item of items.split(/\s+/).filter((part) => part !== '')) {
    offsets.push(...parseItem(item));
    if (offsets.length > POSITIONS_MAX) throw new DurationError('too many start timestamps');
  }
  return offsets;
}

function parseItem(item: string): readonly (number | undefined)[] {
  const gap = GAP.exec(item);
  if (gap !== null) {
    return Array.from({ length: repeatCount(gap[1], item, 1) }, () => undefined);
  }
  const match = OFFSETS.exec(item);
  if (match === null) throw invalid(item);
  const [, first, sign, step, repeat] = match;
  const startMs = signedDurationMs(first as string);
  if (repeat === undefined) {
    if (step !== undefined) throw invalid(item);
    return [startMs];
  }
  const stepMs = step === undefined ? 0 : signedDurationMs(`${step}`) * (sign === '-' ? -1 : 1);
  const length = repeatCount(repeat, item, 0) + 1;
  return Array.from({ length }, (_, index) => startMs + index * stepMs);
}

function repeatCount(text: string | undefined, item: string, least: number): number {
  const count = Number(text ?? 1);
  if (!(count >= least && count <= POSITIONS_MAX)) throw invalid(item);
  return count;
}

function signedDurationMs(text: string): number {
  const unsigned = text.replace(/^[+-]/, '');
  return parseDurationMs(unsigned) * (text.startsWith('-') ? -1 : 1);
}

function invalid(item: string): DurationError {
  return new DurationError(`invalid start timestamp ${JSON.stringify(item)}`);
}
