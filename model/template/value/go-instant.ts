/** Go's `time.Time`: an instant to the nanosecond, shown in a zone. */
import { type CivilDate, civilFromDays, DAY_SECONDS, daysFromCivil } from './calendar.ts';
import { type GoZone, UTC_ZONE, type ZoneMoment } from './go-zone.ts';

export const SECOND_NANOS = 1_000_000_000n;
const MILLI_NANOS = 1_000_000n;
/** 0001-01-01T00:00:00Z, the zero time. */
const ZERO_SECONDS = -62_135_596_800n;

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

export class GoInstant {
  static readonly ZERO: GoInstant = new GoInstant(ZERO_SECONDS * SECOND_NANOS, UTC_ZONE);

  /** Since 1970. */
  readonly unixNanos: bigint;
  readonly zone: GoZone;
  readonly #moment: ZoneMoment;

  constructor(unixNanos: bigint, zone: GoZone = UTC_ZONE) {
    this.unixNanos = unixNanos;
    this.zone = zone;
    this.#moment = zone.at(Number(floorDivide(unixNanos, SECOND_NANOS)));
  }

  static fromMs(timestampMs: number, zone: GoZone = UTC_ZONE): GoInstant {
    return new GoInstant(BigInt(Math.trunc(timestampMs)) * MILLI_NANOS, zone);
  }

  /** Wall clock of a zone; fields out of range carry over, as in Go's `time.Date`. */
  static fromCivil(
    [year, month, day]: readonly [number, number, number],
    secondOfDay: number,
    nanos: number,
    zone: GoZone,
  ): GoInstant {
    const wall = daysFromCivil(year, month, day) * DAY_SECONDS + secondOfDay;
    const guess = wall - zone.at(wall).offsetSeconds;
    const offset = zone.at(guess).offsetSeconds;
    return new GoInstant(BigInt(wall - offset) * SECOND_NANOS + BigInt(nanos), zone);
  }

  get offsetSeconds(): number {
    return this.#moment.offsetSeconds;
  }

  get abbreviation(): string {
    return this.#moment.abbreviation;
  }

  get unixSeconds(): bigint {
    return floorDivide(this.unixNanos, SECOND_NANOS);
  }

  /** 0 to 999,999,999 */
  get nanosecond(): number {
    return Number(this.unixNanos - this.unixSeconds * SECOND_NANOS);
  }

  get #wallSeconds(): number {
    return Number(this.unixSeconds) + this.offsetSeconds;
  }

  get date(): CivilDate {
    return civilFromDays(Math.floor(this.#wallSeconds / DAY_SECONDS));
  }

  /** Since midnight in the zone. */
  get secondOfDay(): number {
    const wall = this.#wallSeconds;
    return wall - Math.floor(wall / DAY_SECONDS) * DAY_SECONDS;
  }

  get isZero(): boolean {
    return this.unixNanos === ZERO_SECONDS * SECOND_NANOS;
  }

  /** Nanoseconds since the zero time, what rounding counts from. */
  get sinceZeroNanos(): bigint {
    return this.unixNanos - ZERO_SECONDS * SECOND_NANOS;
  }

  plus(nanos: bigint): GoInstant {
    return new GoInstant(this.unixNanos + nanos, this.zone);
  }

  in(zone: GoZone): GoInstant {
    return new GoInstant(this.unixNanos, zone);
  }
}
