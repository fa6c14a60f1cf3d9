/** Numbers as people read them. Units are Grafana's ids, as far as our own pages use them. */

export type Unit =
  | 'none'
  | 'short'
  | 'percentunit'
  | 'percent'
  | 'bytes'
  | 'Bps'
  | 'binBps'
  | 'pps'
  | 'ops'
  | 's'
  | 'ms'
  | 'cores'
  | 'bool';

/** Three significant digits, and all digits before the point. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000 || Number.isInteger(value)) return NUMBER.format(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return String(Number(value.toFixed(decimals)));
}

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 'NaN' and infinities as PromQL writes them. */
export function formatValue(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  switch (unit) {
    case 'none':
      return digits(value);
    case 'short':
      return scaled(value, 1000, ['', ' K', ' M', ' B', ' T']);
    case 'percentunit':
      return `${digits(value * 100)} %`;
    case 'percent':
      return `${digits(value)} %`;
    case 'bytes':
      return scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB']);
    case 'Bps':
      return scaled(value, 1000, [' B/s', ' kB/s', ' MB/s', ' GB/s', ' TB/s']);
    case 'binBps':
      return scaled(value, 1024, [' B/s', ' KiB/s', ' MiB/s', ' GiB/s', ' TiB/s']);
    case 'pps':
      return scaled(value, 1000, [' p/s', ' kp/s', ' Mp/s']);
    case 'ops':
      return scaled(value, 1000, [' ops/s', ' K ops/s', ' M ops/s']);
    case 's':
      return formatSeconds(value);
    case 'ms':
      return formatSeconds(value / 1000);
    case 'cores':
      return Math.abs(value) < 0.1 ? `${digits(value * 1000)}m` : `${digits(value)} cores`;
    case 'bool':
      return value === 0 ? 'No' : 'Yes';
  }
}

function scaled(value: number, base: number, suffixes: readonly string[]): string {
  let rest = value;
  let at = 0;
  while (Math.abs(rest) >= base && at < suffixes.length - 1) {
    rest /= base;
    at++;
  }
  return `${digits(rest)}${suffixes[at] ?? ''}`;
}

const SECONDS: readonly (readonly [number, string])[] = [
  [31_536_000, 'y'],
  [604_800, 'w'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
];

function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  const size = Math.abs(seconds);
  const [factor, suffix] = SECONDS.find(([least]) => size >= least) ?? [1e-9, 'ns'];
  return `${digits(seconds / factor)} ${suffix}`;
}

/** How long ago: '3 min', '2 d'. */
export function formatAge(ms: number): string {
  return formatSeconds(Math.max(0, Math.round(ms / 1000)));
}
