/** Silences that come again each week: documents that make real silences, one for each window. */
import { randomUUID } from 'node:crypto';
import type { InclusiveRange } from '../config/alertmanager/types.ts';
import type { Clock } from '../model/clock.ts';
import type { DocumentStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import { WallClocks, type WallTime } from '../model/wall-time.ts';
import {
  checkSilence,
  type Silence,
  SilenceError,
  type SilenceRequest,
  silenceState,
} from './silence.ts';
import type { Silences } from './silences.ts';

/** From `startMinute` of each of the days on; it may go on over midnight. */
export interface WeeklyWindow {
  /** 0 is Sunday. */
  readonly weekdays: readonly InclusiveRange[];
  /** Of the day. */
  readonly startMinute: number;
  /** Up to a day. */
  readonly minutes: number;
}

export interface RecurringSilence {
  readonly id: string;
  readonly matchers: SilenceRequest['matchers'];
  readonly createdBy: string;
  readonly comment: string;
  /** IANA name; undefined is UTC. */
  readonly timezone: string | undefined;
  readonly windows: readonly WeeklyWindow[];
}

export interface RecurringSilencesOptions {
  readonly clock: Clock;
  readonly documents: DocumentStore;
  readonly silences: () => Silences;
  readonly logger: Logger;
}

const KIND = 'recurring-silence';
/** What of a silence says which document made it, and until when its window goes. */
const ID_ANNOTATION = 'watchkeeper.io/recurring-silence';
const UNTIL_ANNOTATION = 'watchkeeper.io/until';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** Windows that join to more are taken for a week, and then for another. */
const WINDOW_MINUTES_MAX = 7 * DAY_MINUTES;
const CHECK_MS = 30_000;
/** A silence is made before it begins, so that it begins on time. */
const AHEAD_MS = 60_000;
const DOCUMENTS_MAX = 1000;

export class RecurringSilences {
  readonly #options: RecurringSilencesOptions;
  readonly #clocks = new WallClocks();
  #cancel: () => void = () => undefined;

  constructor(options: RecurringSilencesOptions) {
    this.#options = options;
  }

  start(): void {
    this.check();
    this.#cancel = this.#options.clock.schedule(CHECK_MS, () => this.start());
  }

  stop(): void {
    this.#cancel();
  }

  list(): readonly RecurringSilence[] {
    return this.#options.documents
      .list(KIND)
      .map(({ json }) => JSON.parse(json) as RecurringSilence);
  }

  /** The silences that it has made and that are not over. */
  madeBy(id: string): readonly Silence[] {
    const nowMs = this.#options.clock.nowMs();
    const { silences } = this.#options;
    return silences()
      .all()
      .filter((silence) => silence.annotations[ID_ANNOTATION] === id)
      .filter((silence) => silenceState(silence, nowMs) !== 'expired');
  }

  /** @throws SilenceError, StoreUnavailableError */
  async add(wanted: Omit<RecurringSilence, 'id'>): Promise<RecurringSilence> {
    const { documents, clock } = this.#options;
    const nowMs = clock.nowMs();
    checkSilence(this.#request({ ...wanted, id: '' }, nowMs, nowMs + MINUTE_MS), nowMs);
    if (documents.list(KIND).length >= DOCUMENTS_MAX) {
      throw new SilenceError('limit', `there are ${DOCUMENTS_MAX} recurring silences already`);
    }
    const made = { ...wanted, id: randomUUID() };
    const json = JSON.stringify(made);
    await documents.put({ kind: KIND, id: made.id, json, author: wanted.createdBy });
    this.check();
    return made;
  }

  /** Ends what it has made, too. @returns false when there is none @throws StoreUnavailableError */
  async delete(id: string, author: string): Promise<boolean> {
    if (!(await this.#options.documents.delete({ kind: KIND, id }, author))) return false;
    for (const silence of this.madeBy(id)) this.#options.silences().expire(silence.id);
    return true;
  }

  /** Makes the silences of windows that are there, or about to be. */
  check(): void {
    for (const recurring of this.list()) {
      try {
        this.#check(recurring);
      } catch (error) {
        if (!(error instanceof SilenceError)) throw error;
        const { id } = recurring;
        this.#options.logger.error('a recurring silence was not made', { id, error });
      }
    }
  }

  #check(recurring: RecurringSilence): void {
    const nowMs = this.#options.clock.nowMs();
    const startMs = [nowMs, minuteAfter(nowMs, AHEAD_MS)].find((timeMs) => {
      return this.#holds(recurring, timeMs);
    });
    if (startMs === undefined || this.madeBy(recurring.id).length > 0) return;
    const endMs = this.#endOf(recurring, startMs);
    const request = this.#request(recurring, startMs, endMs);
    const until = request.annotations?.[UNTIL_ANNOTATION];
    // One that somebody has ended stays ended.
    const wasMade = this.#options
      .silences()
      .all()
      .some(({ annotations }) => {
        return (
          annotations[ID_ANNOTATION] === recurring.id && annotations[UNTIL_ANNOTATION] === until
        );
      });
    if (!wasMade) this.#options.silences().set(request);
  }

  #request(recurring: RecurringSilence, startsAtMs: number, endsAtMs: number): SilenceRequest {
    const { id, matchers, createdBy, comment } = recurring;
    const annotations = {
      [ID_ANNOTATION]: id,
      [UNTIL_ANNOTATION]: new Date(endsAtMs).toISOString(),
    };
    return { id: '', matchers, startsAtMs, endsAtMs, createdBy, comment, annotations };
  }

  /** The first minute at which no window holds, by the clock on the wall. */
  #endOf(recurring: RecurringSilence, startMs: number): number {
    let endMs = minuteAfter(startMs, MINUTE_MS);
    for (let minute = 1; minute < WINDOW_MINUTES_MAX; minute++) {
      if (!this.#holds(recurring, endMs)) break;
      endMs += MINUTE_MS;
    }
    return endMs;
  }

  #holds({ windows, timezone }: RecurringSilence, timeMs: number): boolean {
    const time = this.#clocks.at(timeMs, timezone);
    return windows.some((window) => isWithin(window, time));
  }
}

/** A whole minute, up to so long after the time. */
function minuteAfter(timeMs: number, byMs: number): number {
  return Math.floor((timeMs + byMs) / MINUTE_MS) * MINUTE_MS;
}

/** Today's window, or yesterday's that goes on over midnight. */
function isWithin({ weekdays, startMinute, minutes }: WeeklyWindow, time: WallTime): boolean {
  const isOn = (weekday: number): boolean => {
    return weekdays.some(({ begin, end }) => weekday >= begin && weekday <= end);
  };
  const sinceMinutes = time.minuteOfDay - startMinute;
  if (sinceMinutes >= 0) return sinceMinutes < minutes && isOn(time.weekday);
  return sinceMinutes + DAY_MINUTES < minutes && isOn((time.weekday + 6) % 7);
}
