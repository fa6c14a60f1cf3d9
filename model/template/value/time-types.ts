/** `time.Time`, `time.Duration`, `time.Month` and `time.Weekday` with the methods templates call. */
import { FunctionError } from '../template-error.ts';
import { MONTHS, WEEKDAYS } from './calendar.ts';
import { durationText, roundDuration, truncateDuration } from './go-duration.ts';
import { GoInstant, SECOND_NANOS } from './go-instant.ts';
import { type GoMethod, type GoType, INT, STRING } from './go-types.ts';
import {
  type GoValue,
  goBool,
  goFloat,
  goInt,
  goInt64,
  goString,
  type IntValue,
  indirect,
  type Maybe,
  type StructValue,
} from './go-values.ts';
import { localZone, UTC_ZONE } from './go-zone.ts';
import { formatTime, RFC3339_NANO_LAYOUT, STRING_LAYOUT } from './time-layout.ts';

type Method<T> = (receiver: T, args: readonly Maybe<GoValue>[]) => GoValue;

function methodsOf<T>(
  read: (value: GoValue) => T,
  methods: Readonly<Record<string, readonly [params: readonly GoType[], call: Method<T>]>>,
): ReadonlyMap<string, GoMethod> {
  return new Map(
    Object.entries(methods).map(([name, [params, call]]) => [
      name,
      { params, call: (receiver, args) => call(read(receiver), args) },
    ]),
  );
}

/** The integer of a value that was checked against an integer parameter. */
function integerOf(value: Maybe<GoValue>): bigint {
  return value?.kind === 'int' || value?.kind === 'uint' ? value.value : 0n;
}

function namedInteger(name: string, names: readonly string[], first: number): GoType {
  const toText = (value: GoValue) => {
    const index = Number(integerOf(value)) - first;
    return names[index] ?? `%!${name.slice('time.'.length)}(${index + first})`;
  };
  const methods = methodsOf(toText, { String: [[], (text) => goString(text)] });
  return { kind: 'int', name, isNamed: true, underlying: 'int', toText, methods };
}

export const MONTH: GoType = namedInteger('time.Month', MONTHS, 1);
export const WEEKDAY: GoType = namedInteger('time.Weekday', WEEKDAYS, 0);

function named(type: GoType, value: number): IntValue {
  return { kind: 'int', type, value: BigInt(value) };
}

const HOUR_NANOS = 3600n * SECOND_NANOS;
const MINUTE_NANOS = 60n * SECOND_NANOS;

/** Whole units and the rest apart, as Go does, so that no digit is lost. */
function inUnits(nanos: bigint, unit: bigint): GoValue {
  return goFloat(Number(nanos / unit) + Number(nanos % unit) / Number(unit));
}

/** The type by itself, for its own methods' parameters. */
const DURATION_PARAM: GoType = {
  kind: 'int',
  name: 'time.Duration',
  isNamed: true,
  underlying: 'int64',
};

export const DURATION: GoType = {
  ...DURATION_PARAM,
  toText: (value) => durationText(integerOf(value)),
  methods: methodsOf(integerOf, {
    Hours: [[], (nanos) => inUnits(nanos, HOUR_NANOS)],
    Minutes: [[], (nanos) => inUnits(nanos, MINUTE_NANOS)],
    Seconds: [[], (nanos) => inUnits(nanos, SECOND_NANOS)],
    Milliseconds: [[], (nanos) => goInt64(nanos / 1_000_000n)],
    Microseconds: [[], (nanos) => goInt64(nanos / 1000n)],
    Nanoseconds: [[], (nanos) => goInt64(nanos)],
    String: [[], (nanos) => goString(durationText(nanos))],
    Abs: [[], (nanos) => goDuration(nanos < 0n ? -nanos : nanos)],
    Round: [[DURATION_PARAM], (nanos, [unit]) => goDuration(roundDuration(nanos, integerOf(unit)))],
    Truncate: [
      [DURATION_PARAM],
      (nanos, [unit]) => goDuration(truncateDuration(nanos, integerOf(unit))),
    ],
  }),
};

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** @param nanos held to 64 bits at the ends, as Go's subtraction of times does */
export function goDuration(nanos: bigint): IntValue {
  const value = nanos < INT64_MIN ? INT64_MIN : nanos > INT64_MAX ? INT64_MAX : nanos;
  return { kind: 'int', type: DURATION, value };
}

/** The instant of a time, through a pointer too; the zero time for what is none. */
export function instantOf(value: Maybe<GoValue>): GoInstant {
  const { value: inner } = indirect(value);
  return inner?.kind === 'struct' && inner.native instanceof GoInstant
    ? inner.native
    : GoInstant.ZERO;
}

const TIME_PARAM: GoType = {
  kind: 'struct',
  name: 'time.Time',
  isNamed: true,
  underlying: 'time.Time',
};

export const TIME: GoType = {
  ...TIME_PARAM,
  zeroStruct: () => goTime(GoInstant.ZERO),
  toText: (value) => formatTime(instantOf(value), STRING_LAYOUT),
  toJson: (value) => timeJson(instantOf(value)),
  methods: methodsOf(instantOf, {
    Format: [[STRING], (time, [layout]) => goString(formatTime(time, textOf(layout)))],
    String: [[], (time) => goString(formatTime(time, STRING_LAYOUT))],
    Unix: [[], (time) => goInt64(time.unixSeconds)],
    UnixMilli: [[], (time) => goInt64(time.unixSeconds * 1000n + millis(time))],
    UnixMicro: [[], (time) => goInt64(time.unixSeconds * 1_000_000n + micros(time))],
    UnixNano: [[], (time) => goInt64(time.unixNanos)],
    Add: [[DURATION_PARAM], (time, [by]) => goTime(time.plus(integerOf(by)))],
    Sub: [[TIME_PARAM], (time, [other]) => goDuration(time.unixNanos - instantOf(other).unixNanos)],
    AddDate: [[INT, INT, INT], (time, by) => goTime(addDate(time, by.map(integerOf).map(Number)))],
    UTC: [[], (time) => goTime(time.in(UTC_ZONE))],
    Local: [[], (time) => goTime(time.in(localZone()))],
    Before: [[TIME_PARAM], (time, [o]) => goBool(time.unixNanos < instantOf(o).unixNanos)],
    After: [[TIME_PARAM], (time, [o]) => goBool(time.unixNanos > instantOf(o).unixNanos)],
    Equal: [[TIME_PARAM], (time, [o]) => goBool(time.unixNanos === instantOf(o).unixNanos)],
    Compare: [[TIME_PARAM], (time, [o]) => goInt(compareNanos(time, instantOf(o)))],
    IsZero: [[], (time) => goBool(time.isZero)],
    Year: [[], (time) => goInt(time.date.year)],
    Month: [[], (time) => named(MONTH, time.date.month)],
    Day: [[], (time) => goInt(time.date.day)],
    YearDay: [[], (time) => goInt(time.date.yearDay)],
    Weekday: [[], (time) => named(WEEKDAY, time.date.weekday)],
    Hour: [[], (time) => goInt(Math.floor(time.secondOfDay / 3600))],
    Minute: [[], (time) => goInt(Math.floor(time.secondOfDay / 60) % 60)],
    Second: [[], (time) => goInt(time.secondOfDay % 60)],
    Nanosecond: [[], (time) => goInt(time.nanosecond)],
    Truncate: [[DURATION_PARAM], (time, [unit]) => goTime(truncateTime(time, integerOf(unit)))],
    Round: [[DURATION_PARAM], (time, [unit]) => goTime(roundTime(time, integerOf(unit)))],
  }),
};

export function goTime(time: GoInstant): StructValue {
  return { kind: 'struct', type: TIME, fields: [], native: time };
}

function textOf(value: Maybe<GoValue>): string {
  return value?.kind === 'string' ? value.value : '';
}

function millis(time: GoInstant): bigint {
  return BigInt(Math.floor(time.nanosecond / 1_000_000));
}

function micros(time: GoInstant): bigint {
  return BigInt(Math.floor(time.nanosecond / 1000));
}

function compareNanos(a: GoInstant, b: GoInstant): number {
  if (a.unixNanos === b.unixNanos) return 0;
  return a.unixNanos < b.unixNanos ? -1 : 1;
}

/** Dates that templates may reach by adding; Go has no such limit. */
const ADDED_YEARS_MAX = 10_000;

function addDate(time: GoInstant, [years = 0, months = 0, days = 0]: readonly number[]): GoInstant {
  if (Math.abs(years) + Math.abs(months) / 12 + Math.abs(days) / 365 > ADDED_YEARS_MAX) {
    throw new FunctionError(`more than ${ADDED_YEARS_MAX} years added`);
  }
  const { year, month, day } = time.date;
  const at = [year + years, month + months, day + days] as const;
  return GoInstant.fromCivil(at, time.secondOfDay, time.nanosecond, time.zone);
}

/** Rounding counts from the zero time, whatever the zone. */
function truncateTime(time: GoInstant, unit: bigint): GoInstant {
  return unit <= 0n ? time : time.plus(-remainder(time, unit));
}

function roundTime(time: GoInstant, unit: bigint): GoInstant {
  if (unit <= 0n) return time;
  const rest = remainder(time, unit);
  return rest + rest < unit ? time.plus(-rest) : time.plus(unit - rest);
}

function remainder(time: GoInstant, unit: bigint): bigint {
  const rest = time.sinceZeroNanos % unit;
  return rest < 0n ? rest + unit : rest;
}

function timeJson(time: GoInstant): string {
  const { year } = time.date;
  if (year < 0 || year > 9999) {
    throw new FunctionError(
      'json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]',
    );
  }
  return `"${formatTime(time, RFC3339_NANO_LAYOUT)}"`;
}
