/** Units in metric names: what Prometheus' naming practice asks for (promlint's tables). */

const BASE_UNITS: ReadonlyMap<string, string> = new Map([
  ...[
    'amperes',
    'bytes',
    'celsius',
    'grams',
    'joules',
    'kelvin',
    'meters',
    'metres',
    'seconds',
    'volts',
  ].map((unit): [string, string] => [unit, unit]),
  ['minutes', 'seconds'],
  ['hours', 'seconds'],
  ['days', 'seconds'],
  ['weeks', 'seconds'],
  ['kelvins', 'kelvin'],
  ['fahrenheit', 'celsius'],
  ['rankine', 'celsius'],
  ['inches', 'meters'],
  ['yards', 'meters'],
  ['miles', 'meters'],
  ['bits', 'bytes'],
  ['calories', 'joules'],
  ['pounds', 'grams'],
  ['ounces', 'grams'],
]);

const PREFIX =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/;

const ABBREVIATIONS: ReadonlySet<string> = new Set([
  's',
  'ms',
  'us',
  'ns',
  'sec',
  'b',
  'kb',
  'mb',
  'gb',
  'tb',
  'pb',
  'm',
  'h',
  'd',
]);

/** The first unit in a name that has a better one, with that one. */
export function improperUnit(metricName: string): { unit: string; base: string } | undefined {
  for (const unit of metricName.split('_')) {
    const base = BASE_UNITS.get(unit) ?? BASE_UNITS.get(unit.replace(PREFIX, ''));
    if (base !== undefined) return base === unit ? undefined : { unit, base };
  }
  return undefined;
}

/** Abbreviations count behind an underscore. */
export function hasAbbreviatedUnit(metricName: string): boolean {
  const [, ...words] = metricName.toLowerCase().split('_');
  return words.some((word) => ABBREVIATIONS.has(word));
}
