/** The rules of OpenMetrics 1.0 for one metric family. */
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import type { ParsedExemplar } from '../exposition/exposition-parser.ts';
import { suffixesOf } from './family-suffixes.ts';
import { StrictMetric } from './strict-metric.ts';

const EXEMPLAR_CHARS_MAX = 128;
const NAME_ONLY: ReadonlySet<string> = new Set([METRIC_NAME]);

export interface StrictSeries {
  readonly labels: Labels;
  readonly value: number;
  readonly timestampMs: number | undefined;
  readonly exemplars: readonly ParsedExemplar[];
}

export type MetadataKind = 'type' | 'help' | 'unit';

export class StrictFamily {
  readonly name: string;
  type: MetricType = 'unknown';
  unit = '';
  readonly #kinds = new Set<MetadataKind>();
  readonly #closedMetrics = new Set<string>();
  readonly #seriesOnce = new Set<string>();
  #metric: StrictMetric | undefined = undefined;
  #metricKey = '';

  constructor(name: string) {
    this.name = name;
  }

  get hasSamples(): boolean {
    return this.#metric !== undefined;
  }

  /** Names of samples that the family may have, and its own. */
  get claimedNames(): readonly string[] {
    return [this.name, ...suffixesOf(this.type).map((suffix) => this.name + suffix)];
  }

  addMetadata(kind: MetadataKind): string | undefined {
    if (this.hasSamples) return 'metadata stands after samples of its family';
    if (this.#kinds.has(kind)) return `${kind.toUpperCase()} is given twice`;
    this.#kinds.add(kind);
    return undefined;
  }

  /** @param series whose name is one of `claimedNames` */
  addSeries(series: StrictSeries): string | undefined {
    const suffix = series.labels.get(METRIC_NAME).slice(this.name.length);
    if (!suffixesOf(this.type).includes(suffix)) {
      return `a ${this.type} has no sample of this name`;
    }
    return (
      this.#unitProblem() ??
      this.#exemplarProblem(suffix, series.exemplars) ??
      this.#enterMetric(suffix, series) ??
      this.#repeatProblem(series) ??
      this.#metric?.add({
        suffix,
        value: series.value,
        le: series.labels.get('le'),
        quantile: series.labels.get('quantile'),
        timestampMs: series.timestampMs,
      })
    );
  }

  finish(): string | undefined {
    return this.#unitProblem() ?? this.#metric?.finish();
  }

  #unitProblem(): string | undefined {
    const isBare = this.type === 'info' || this.type === 'stateset';
    return isBare && this.unit !== '' ? `a ${this.type} has a unit` : undefined;
  }

  #exemplarProblem(suffix: string, exemplars: readonly ParsedExemplar[]): string | undefined {
    if (exemplars.length === 0) return undefined;
    const mayHave = suffix === '_bucket' || (this.type === 'counter' && suffix === '_total');
    if (!mayHave) return 'only counters and buckets have exemplars';
    const isLong = exemplars.some(
      ({ labels }) =>
        labels.pairs.reduce((sum, text) => sum + charCount(text), 0) > EXEMPLAR_CHARS_MAX,
    );
    return isLong
      ? `labels of an exemplar have more than ${EXEMPLAR_CHARS_MAX} characters`
      : undefined;
  }

  /** Goes to the metric of the series; the one before is whole. */
  #enterMetric(suffix: string, { labels }: StrictSeries): string | undefined {
    if (this.type === 'stateset' && !labels.has(this.name)) {
      return "a state has no label of its family's name";
    }
    const key = labels.without(this.#notIdentity(suffix)).key;
    if (this.#metric !== undefined && key === this.#metricKey) return undefined;
    const problem = this.#metric?.finish();
    if (this.#metric !== undefined) this.#closedMetrics.add(this.#metricKey);
    this.#metric = new StrictMetric(this.type);
    this.#metricKey = key;
    if (problem !== undefined) return problem;
    return this.#closedMetrics.has(key) ? 'samples of one metric do not stand together' : undefined;
  }

  #repeatProblem({ labels, timestampMs }: StrictSeries): string | undefined {
    if (timestampMs !== undefined) return undefined;
    if (this.#seriesOnce.has(labels.key)) return 'series is given twice';
    this.#seriesOnce.add(labels.key);
    return undefined;
  }

  #notIdentity(suffix: string): ReadonlySet<string> {
    if (suffix === '_bucket') return new Set([METRIC_NAME, 'le']);
    if (this.type === 'summary') return new Set([METRIC_NAME, 'quantile']);
    return this.type === 'stateset' ? new Set([METRIC_NAME, this.name]) : NAME_ONLY;
  }
}

function charCount(text: string): number {
  return Array.from(text).length;
}
