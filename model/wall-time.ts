/** An instant as a clock on the wall of some place shows it. */

export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly minuteOfDay: number;
}

const MINUTES_PER_HOUR = 60;

/** Reads the clocks of zones; keeps one formatter for each, as they are slow to make. */
export class WallClocks {
  readonly #formatters = new Map<string, Intl.DateTimeFormat>();

  /** @param zone IANA name; undefined is UTC */
  at(timeMs: number, zone: string | undefined): WallTime {
    if (zone === undefined) return fromUtc(new Date(timeMs));
    const fields = new Map<string, number>();
    for (const { type, value } of this.#formatter(zone).formatToParts(timeMs)) {
      fields.set(type, Number(value));
    }
    const field = (name: string): number => fields.get(name) ?? 0;
    const utcMs = Date.UTC(
      field('year'),
      field('month') - 1,
      field('day'),
      field('hour'),
      field('minute'),
    );
    return fromUtc(new Date(utcMs));
  }

  #formatter(zone: string): Intl.DateTimeFormat {
    const known = this.#formatters.get(zone);
    if (known !== undefined) return known;
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    this.#formatters.set(zone, formatter);
    return formatter;
  }
}

function fromUtc(date: Date): WallTime {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    minuteOfDay: date.getUTCHours() * MINUTES_PER_HOUR + date.getUTCMinutes(),
  };
}

/** @param month from 1 */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
