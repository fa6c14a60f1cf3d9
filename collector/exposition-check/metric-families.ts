/** The families of a text body, for rules that look at a family as a whole. */
import { METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import type { TextParser } from '../exposition/text-parser.ts';
import { suffixesOf } from './family-suffixes.ts';
import { LineCounter } from './line-counter.ts';

export interface MetricFamily {
  readonly name: string;
  /** Undefined without a TYPE line. */
  type: MetricType | undefined;
  hasHelp: boolean;
  /** Where it is met first. */
  readonly line: number;
  /** Label name → line where it is met first. */
  readonly labelNames: Map<string, number>;
  /** Keys of its series; one given twice is noted with its line. */
  readonly series: Set<string>;
  repeatLine: number | undefined;
}

/**
 * Reads a body to its end.
 * @throws ExpositionError where it cannot be read
 */
export function readFamilies(bytes: Uint8Array, parser: TextParser): Iterable<MetricFamily> {
  const families = new Map<string, MetricFamily>();
  const lines = new LineCounter(bytes);
  for (;;) {
    const start = parser.position;
    const kind = parser.next();
    if (kind === 'end') return families.values();
    if (kind === 'series') {
      addSeries(families, parser, lines.lineOf(parser.seriesStart));
      continue;
    }
    if (kind !== 'type' && kind !== 'help') continue;
    const family = familyOf(families, parser.familyName, lines.lineOf(start));
    if (kind === 'type') family.type = parser.metricType;
    else family.hasHelp = true;
  }
}

function addSeries(families: Map<string, MetricFamily>, parser: TextParser, line: number): void {
  const labels = parser.labels();
  const family = ownerOf(families, labels.get(METRIC_NAME), line);
  if (family.series.has(labels.key)) family.repeatLine ??= line;
  family.series.add(labels.key);
  for (const [name] of labels.entries()) {
    if (name !== METRIC_NAME && !family.labelNames.has(name)) family.labelNames.set(name, line);
  }
}

const SUFFIX = /_(?:bucket|count|sum|gcount|gsum|total|created|info)$/;

function ownerOf(
  families: Map<string, MetricFamily>,
  sampleName: string,
  line: number,
): MetricFamily {
  const base = families.get(sampleName.replace(SUFFIX, ''));
  const suffix = base === undefined ? '' : sampleName.slice(base.name.length);
  if (base?.type !== undefined && suffix !== '' && suffixesOf(base.type).includes(suffix)) {
    return base;
  }
  return familyOf(families, sampleName, line);
}

function familyOf(families: Map<string, MetricFamily>, name: string, line: number): MetricFamily {
  const known = families.get(name);
  if (known !== undefined) return known;
  const family: MetricFamily = {
    name,
    type: undefined,
    hasHelp: false,
    line,
    labelNames: new Map(),
    series: new Set(),
    repeatLine: undefined,
  };
  families.set(name, family);
  return family;
}
