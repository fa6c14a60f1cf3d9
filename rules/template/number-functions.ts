/** `humanize*`, `toTime`, `toDuration`: numbers in rule templates. */
import { formatGoG } from '../../model/go-float.ts';
import { fixed } from '../../model/template/functions/define.ts';
import {
  fourDigits,
  HUMANIZE_DURATION_FUNCTION,
  toFloat,
  withSmallPrefix,
} from '../../model/template/functions/numbers.ts';
import { FunctionError } from '../../model/template/template-error.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import { ANY, type GoFunction } from '../../model/template/value/go-types.ts';
import { goPointer, goString } from '../../model/template/value/go-values.ts';
import { formatTime, STRING_LAYOUT } from '../../model/template/value/time-layout.ts';
import { DURATION, goTime } from '../../model/template/value/time-types.ts';

const LARGE_PREFIXES = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const BINARY_PREFIXES = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

function withLargePrefix(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = value;
  let prefix = '';
  for (const next of prefixes) {
    if (Math.abs(scaled) < base) break;
    prefix = next;
    scaled /= base;
  }
  return fourDigits(scaled) + prefix;
}

/** Decimal prefixes, down to `y` and up to `Y`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return fourDigits(value);
  return Math.abs(value) >= 1
    ? withLargePrefix(value, 1000, LARGE_PREFIXES)
    : withSmallPrefix(value);
}

/** Binary prefixes. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return fourDigits(value);
  return withLargePrefix(value, 1024, BINARY_PREFIXES);
}

const NANOS_PER_SECOND = 1e9;
const INT64_LIMIT = 2 ** 63;

/** Unix seconds to the millisecond. @throws FunctionError beyond 64 bits of nanoseconds */
function instantFrom(seconds: number): GoInstant {
  const nanos = seconds * NANOS_PER_SECOND;
  if (nanos > INT64_LIMIT || nanos < -INT64_LIMIT) {
    throw new FunctionError(
      `${formatGoG(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  }
  const whole = BigInt.asIntN(64, BigInt(Math.trunc(nanos)));
  return GoInstant.fromMs(Number(whole / 1_000_000n));
}

function humanizeTimestamp(seconds: number): string {
  if (!Number.isFinite(seconds)) return fourDigits(seconds);
  return formatTime(instantFrom(seconds), STRING_LAYOUT);
}

/** What Go's conversion gives on common machines: the smallest number when it does not fit. */
function toInt64(value: number): bigint {
  if (!(value > -INT64_LIMIT && value < INT64_LIMIT)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}

function onNumber(format: (value: number) => string): GoFunction {
  return fixed([ANY], ([value]) => goString(format(toFloat(value))));
}

export const NUMBER_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ['humanize', onNumber(humanize)],
  ['humanize1024', onNumber(humanize1024)],
  ['humanizeDuration', HUMANIZE_DURATION_FUNCTION],
  ['humanizePercentage', onNumber((value) => `${fourDigits(value * 100)}%`)],
  ['humanizeTimestamp', onNumber(humanizeTimestamp)],
  [
    'toTime',
    fixed([ANY], ([value]) => {
      const seconds = toFloat(value);
      if (!Number.isFinite(seconds)) throw new FunctionError('value is NaN or Inf');
      return goPointer(goTime(instantFrom(seconds)));
    }),
  ],
  [
    'toDuration',
    fixed([ANY], ([value]) => {
      const nanos = toInt64(toFloat(value) * NANOS_PER_SECOND);
      return goPointer({ kind: 'int', type: DURATION, value: nanos });
    }),
  ],
]);
