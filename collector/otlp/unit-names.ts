/** Units of OTLP (UCUM) in the words that end a Prometheus metric's name. */

const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

/** After the slash the unit is one, not many. */
const PER_UNITS: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

export interface UnitSuffixes {
  readonly main: string;
  /** With `per_` before it; '' when the unit is no rate. */
  readonly per: string;
}

/** `m/s` is meters per second. What stands in braces is an annotation, not a unit. */
export function unitSuffixes(unit: string): UnitSuffixes {
  const slash = unit.indexOf('/');
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim();
  const per = slash < 0 ? '' : unit.slice(slash + 1).trim();
  const perName = isAnnotation(per) ? '' : (PER_UNITS.get(per) ?? per);
  return {
    main: isAnnotation(main) ? '' : (UNITS.get(main) ?? main),
    per: perName === '' ? '' : `per_${perName}`,
  };
}

function isAnnotation(text: string): boolean {
  return /[{}]/.test(text);
}

/** The unit as metadata has it: `meters_per_second`. */
export function unitName(unit: string): string {
  const { main, per } = unitSuffixes(unit);
  const parts = [compliantUnit(main), compliantUnit(per)].filter((part) => part !== '');
  return parts.join('_').replace(/^_|_$/g, '');
}

/** Of the letters that a metric name may have; no underscore comes twice or first. */
export function compliantUnit(text: string): string {
  return text
    .replace(/[^a-zA-Z0-9:]/gu, '_')
    .replace(/_{2,}/g, '_')
    .replace(/^_/, '');
}
