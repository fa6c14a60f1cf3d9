/** Time zones by `Intl`, with the abbreviations Go prints. */
import { ZONES_BY_ABBREVIATIONS } from './zone-table.ts';

export interface ZoneMoment {
  readonly offsetSeconds: number;
  readonly abbreviation: string;
}

export interface GoZone {
  /** As `LoadLocation` took it: `Europe/Paris`, `UTC`, `Local`. */
  readonly name: string;
  at(unixSeconds: number): ZoneMoment;
}

export const UTC_ZONE: GoZone = {
  name: 'UTC',
  at: () => ({ offsetSeconds: 0, abbreviation: 'UTC' }),
};

/** A zone that never changes, as a parsed time with an offset has it. */
export function fixedZone(name: string, offsetSeconds: number): GoZone {
  return { name, at: () => ({ offsetSeconds, abbreviation: name }) };
}

type Abbreviations = readonly (readonly [name: string, offsetSeconds: number])[];

const ABBREVIATIONS: ReadonlyMap<string, Abbreviations> = new Map(
  ZONES_BY_ABBREVIATIONS.flatMap(([group, zones]) => {
    const abbreviations = group.split(' ').filter(Boolean).map(parseAbbreviation);
    return zones.split(' ').map((zone) => [zone, abbreviations] as const);
  }),
);

function parseAbbreviation(text: string): readonly [string, number] {
  const [name = '', minutes = '0'] = text.split(':');
  return [name, Number(minutes) * 60];
}

/** Zones looked up so far; there are only as many as the table has. */
const ZONES = new Map<string, GoZone>();

/** Go's `time.LoadLocation`; undefined for a name that is no zone. */
export function findZone(name: string): GoZone | undefined {
  if (name === '' || name === 'UTC') return UTC_ZONE;
  if (name === 'Local') return localZone();
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  const abbreviations = ABBREVIATIONS.get(name);
  if (abbreviations === undefined) return undefined;
  const zone = intlZone(name, name, abbreviations);
  if (zone !== undefined) ZONES.set(name, zone);
  return zone;
}

/** The zone of the process. */
export function localZone(): GoZone {
  const name = new Intl.DateTimeFormat('en-US').resolvedOptions().timeZone;
  if (name === 'UTC' || name === 'Etc/UTC') return { ...UTC_ZONE, name: 'Local' };
  return intlZone('Local', name, ABBREVIATIONS.get(name) ?? []) ?? UTC_ZONE;
}

function intlZone(
  name: string,
  timeZone: string,
  abbreviations: Abbreviations,
): GoZone | undefined {
  const offsetAt = offsetFinder(timeZone);
  if (offsetAt === undefined) return undefined;
  return {
    name,
    at(unixSeconds) {
      const offsetSeconds = offsetAt(unixSeconds);
      const named = abbreviations.find(([, offset]) => offset === offsetSeconds)?.[0];
      return { offsetSeconds, abbreviation: named ?? numericAbbreviation(offsetSeconds) };
    },
  };
}

/** `+03`, `-0330`: what zones without letters are called. */
function numericAbbreviation(offsetSeconds: number): string {
  const minutes = Math.trunc(Math.abs(offsetSeconds) / 60);
  const hours = String(Math.trunc(minutes / 60)).padStart(2, '0');
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
  return `${offsetSeconds < 0 ? '-' : '+'}${hours}${rest}`;
}

/** Dates beyond this are no JavaScript dates; offsets there are those at the limit. */
const DATE_SECONDS_MAX = 8.64e12;

function offsetFinder(timeZone: string): ((unixSeconds: number) => number) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  return (unixSeconds) => {
    const seconds = Math.min(Math.max(unixSeconds, -DATE_SECONDS_MAX), DATE_SECONDS_MAX);
    const parts = new Map(
      format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]),
    );
    const field = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type) ?? 0);
    const year = parts.get('era')?.startsWith('B') === true ? 1 - field('year') : field('year');
    const local = new Date(0);
    local.setUTCFullYear(year, field('month') - 1, field('day'));
    local.setUTCHours(field('hour'), field('minute'), field('second'));
    return Math.round(local.getTime() / 1000 - seconds);
  };
}
