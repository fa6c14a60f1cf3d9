/** Go's `time.Duration` as text. */

/** `1h2m3.5s`, `1.5ms`, `0s`. */
export function durationText(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  const sign = nanos < 0n ? '-' : '';
  const total = nanos < 0n ? -nanos : nanos;
  if (total < 1_000n) return `${sign}${total}ns`;
  if (total < 1_000_000n) return `${sign}${withFraction(total, 1_000n)}µs`;
  if (total < 1_000_000_000n) return `${sign}${withFraction(total, 1_000_000n)}ms`;
  const minutes = total / 60_000_000_000n;
  const seconds = `${withFraction(total % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function withFraction(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${value / unit}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Halves away from zero. */
export function roundDuration(nanos: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanos;
  const rest = nanos % unit;
  const size = rest < 0n ? -rest : rest;
  const down = nanos - rest;
  if (size + size < unit) return down;
  return nanos < 0n ? down - unit : down + unit;
}

export function truncateDuration(nanos: bigint, unit: bigint): bigint {
  return unit <= 0n ? nanos : nanos - (nanos % unit);
}
