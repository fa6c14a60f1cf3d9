/** The rules of OpenMetrics 1.0 for the samples of one metric: same family, same labels. */
import type { MetricType } from '../../model/sink.ts';

export interface StrictSample {
  /** Behind the family's name. */
  readonly suffix: string;
  readonly value: number;
  /** As written; '' when absent. */
  readonly le: string;
  readonly quantile: string;
  readonly timestampMs: number | undefined;
}

/** A number of the standard: no other spelling of infinity than `+Inf`. */
const BOUND = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\+Inf)$/;

export class StrictMetric {
  readonly #type: MetricType;
  #bound = Number.NEGATIVE_INFINITY;
  #bucketCount = 0;
  #infinite: number | undefined = undefined;
  #count: number | undefined = undefined;
  #sum: number | undefined = undefined;
  #hasNegativeBucket = false;
  #hasTimestamp: boolean | undefined = undefined;
  #timestampMs = Number.NEGATIVE_INFINITY;

  constructor(type: MetricType) {
    this.#type = type;
  }

  /** @returns what is wrong with the sample, or undefined */
  add(sample: StrictSample): string | undefined {
    return this.#time(sample.timestampMs) ?? this.#sample(sample);
  }

  /** @returns what is wrong with the metric as a whole, or undefined */
  finish(): string | undefined {
    const isGauge = this.#type === 'gaugehistogram';
    if (!isGauge && this.#type !== 'histogram') return undefined;
    if (this.#infinite === undefined) {
      const isEmpty = this.#count === undefined && this.#sum === undefined;
      return isEmpty && this.#bound === Number.NEGATIVE_INFINITY
        ? undefined
        : 'histogram has no +Inf bucket';
    }
    if (this.#count !== undefined && this.#count !== this.#infinite) {
      return 'histogram count differs from its +Inf bucket';
    }
    if (this.#sum === undefined) {
      return this.#count === undefined || this.#hasNegativeBucket
        ? undefined
        : 'histogram has a count but no sum';
    }
    if (this.#count === undefined) return 'histogram has a sum but no count';
    if (!isGauge && this.#hasNegativeBucket) return 'histogram with negative buckets has a sum';
    if (isGauge && this.#sum < 0 && !this.#hasNegativeBucket) {
      return 'gauge histogram without negative buckets has a negative sum';
    }
    return undefined;
  }

  #time(timestampMs: number | undefined): string | undefined {
    const hasTimestamp = timestampMs !== undefined;
    if (this.#hasTimestamp !== undefined && this.#hasTimestamp !== hasTimestamp) {
      return 'samples of one metric have and lack timestamps';
    }
    this.#hasTimestamp = hasTimestamp;
    if (timestampMs === undefined) return undefined;
    if (timestampMs < this.#timestampMs) return 'timestamps of one metric go back';
    if (timestampMs > this.#timestampMs) this.#startPoint();
    this.#timestampMs = timestampMs;
    return undefined;
  }

  /** A later time begins a new point of the same metric. */
  #startPoint(): void {
    this.#bound = Number.NEGATIVE_INFINITY;
    this.#bucketCount = 0;
    this.#infinite = undefined;
    this.#count = undefined;
    this.#sum = undefined;
  }

  #sample(sample: StrictSample): string | undefined {
    const { suffix, value } = sample;
    switch (this.#type) {
      case 'counter':
        return suffix === '_total' ? notBelowZero('counter', value) : undefined;
      case 'summary':
        return this.#summary(sample);
      case 'histogram':
      case 'gaugehistogram':
        return this.#histogram(sample);
      case 'info':
        return value === 1 ? undefined : 'an info has another value than 1';
      case 'stateset':
        return value === 0 || value === 1 ? undefined : 'a state has another value than 0 and 1';
      case 'gauge':
      case 'unknown':
        return undefined;
    }
  }

  #summary({ suffix, value, quantile }: StrictSample): string | undefined {
    if (suffix === '_created') return undefined;
    if (suffix !== '') return notBelowZero(`summary ${suffix.slice(1)}`, value);
    const number = BOUND.test(quantile) ? Number(quantile) : Number.NaN;
    if (!(number >= 0 && number <= 1)) return 'summary sample has no quantile from 0 to 1';
    return value < 0 ? 'summary quantile is negative' : undefined;
  }

  #histogram({ suffix, value, le }: StrictSample): string | undefined {
    switch (suffix) {
      case '_bucket':
        return this.#bucket(le, value);
      case '_count':
      case '_gcount':
        this.#count = value;
        return notBelowZero('histogram count', value);
      case '_sum':
        this.#sum = value;
        return notBelowZero('histogram sum', value);
      case '_gsum':
        this.#sum = value;
        return Number.isNaN(value) ? 'histogram sum is NaN' : undefined;
      default:
        return undefined;
    }
  }

  #bucket(le: string, value: number): string | undefined {
    if (!BOUND.test(le)) return 'bucket has no le label that is a number or +Inf';
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
    if (bound <= this.#bound) return 'buckets are not in ascending order';
    this.#bound = bound;
    if (bound < 0) this.#hasNegativeBucket = true;
    const problem = notBelowZero('bucket', value);
    if (problem !== undefined) return problem;
    if (value < this.#bucketCount) return 'bucket counts are not cumulative';
    this.#bucketCount = value;
    if (le === '+Inf') this.#infinite = value;
    return undefined;
  }
}

function notBelowZero(what: string, value: number): string | undefined {
  if (Number.isNaN(value)) return `${what} is NaN`;
  return value < 0 ? `${what} is negative` : undefined;
}
