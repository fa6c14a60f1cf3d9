/** Numbers as people read them: prometheus/common `helpers/templates`. */
import { parseGoFloat } from '../../go-float.ts';
import { quoteGo } from '../../labels.ts';
import { formatFloat } from '../format/float-format.ts';
import { FunctionError } from '../template-error.ts';
import { ANY } from '../value/go-types.ts';
import { type GoValue, goString, type Maybe } from '../value/go-values.ts';
import { DURATION } from '../value/time-types.ts';
import { fixed } from './define.ts';

const DIGITS = 4;

/** `%.4g` */
export function fourDigits(value: number): string {
  return formatFloat(value, 'g', DIGITS);
}

/** @throws FunctionError `can't convert T to float`, or what Go says of a text that is no number */
export function toFloat(value: Maybe<GoValue>): number {
  switch (value?.kind) {
    case 'float':
      return value.value;
    case 'int':
    case 'uint':
      if (value.type.name === DURATION.name) return durationSeconds(value.value);
      if (/^u?int(64)?$/.test(value.type.name)) return Number(value.value);
      break;
    case 'string':
      if (value.type.name === 'string') return parseFloatText(value.value);
      break;
    default:
  }
  throw new FunctionError(`can't convert ${value?.type.name ?? '<nil>'} to float`);
}

const SECOND_NANOS = 1_000_000_000n;

function durationSeconds(nanos: bigint): number {
  return Number(nanos / SECOND_NANOS) + Number(nanos % SECOND_NANOS) / 1e9;
}

function parseFloatText(text: string): number {
  const value = parseGoFloat(text);
  if (value !== undefined) return value;
  const isTooLarge = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const problem = isTooLarge ? 'value out of range' : 'invalid syntax';
  throw new FunctionError(`strconv.ParseFloat: parsing ${quoteGo(text)}: ${problem}`);
}

const SMALL_PREFIXES = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];

/** Below one: thousandths, millionths, …; the rest of the magnitude stays in the number. */
export function withSmallPrefix(value: number): string {
  let scaled = value;
  let prefix = '';
  for (const next of SMALL_PREFIXES) {
    if (Math.abs(scaled) >= 1) break;
    prefix = next;
    scaled *= 1000;
  }
  return fourDigits(scaled) + prefix;
}

/** Whole seconds to minutes, hours and days; below a minute four digits. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return fourDigits(seconds);
  if (seconds === 0) return `${fourDigits(seconds)}s`;
  if (Math.abs(seconds) < 1) return `${withSmallPrefix(seconds)}s`;
  const sign = seconds < 0 ? '-' : '';
  const magnitude = Math.abs(seconds);
  const whole = BigInt.asIntN(64, BigInt(Math.trunc(magnitude)));
  const minutes = (whole / 60n) % 60n;
  const hours = (whole / 3600n) % 24n;
  const days = whole / 86_400n;
  const tail = `${minutes}m ${whole % 60n}s`;
  if (days !== 0n) return `${sign}${days}d ${hours}h ${tail}`;
  if (hours !== 0n) return `${sign}${hours}h ${tail}`;
  if (minutes !== 0n) return `${sign}${tail}`;
  return `${sign}${fourDigits(magnitude)}s`;
}

export const HUMANIZE_DURATION_FUNCTION = fixed([ANY], ([value]) =>
  goString(humanizeDuration(toFloat(value))),
);
