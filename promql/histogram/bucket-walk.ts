/** Going through the buckets of a histogram in the order of their bounds. */
import type { FloatHistogram, Span } from '../../model/histogram.ts';
import { bucketInterval, type Interval } from './bounds.ts';
import { usesCustomBuckets } from './schema.ts';

/** Goes through the buckets of one side, by ascending or descending index. */
export class SpanCursor {
  /** Index of the current bucket within the schema. */
  index = 0;
  /** Position of the current bucket in the array of counts. */
  position: number;
  readonly #spans: readonly Span[];
  readonly #bucketCount: number;
  readonly #step: 1 | -1;
  #spanAt: number;
  #leftInSpan = 0;

  constructor(spans: readonly Span[], bucketCount: number, step: 1 | -1 = 1) {
    this.#spans = spans;
    this.#bucketCount = bucketCount;
    this.#step = step;
    this.#spanAt = step === 1 ? -1 : spans.length;
    this.position = step === 1 ? -1 : bucketCount;
    if (step === 1) {
      this.index = -1;
    } else {
      for (const span of spans) this.index += span.offset + span.length;
    }
  }

  next(): boolean {
    this.position += this.#step;
    if (this.position < 0 || this.position >= this.#bucketCount) return false;
    this.index += this.#step;
    while (this.#leftInSpan === 0) {
      const left = this.#spans[this.#spanAt];
      this.#spanAt += this.#step;
      const span = this.#spans[this.#spanAt];
      if (span === undefined) return false;
      if (this.#step === 1) this.index += span.offset;
      else if (left !== undefined) this.index -= left.offset;
      this.#leftInSpan = span.length;
    }
    this.#leftInSpan--;
    return true;
  }
}

type Section = 'negative' | 'zero' | 'positive';

/**
 * Goes through all buckets from the lowest to the highest, or the other way: negative ones, the
 * zero bucket if it is populated, positive ones. Bounds are computed when asked for, since most
 * callers need them for one bucket only.
 */
export class BucketWalk {
  count = 0;
  readonly #h: FloatHistogram;
  readonly #sections: readonly Section[];
  readonly #step: 1 | -1;
  readonly #hasZeroBucket: boolean;
  #sectionAt = -1;
  #cursor: SpanCursor | undefined;

  /** @param takesNegativeZero a zero bucket that a subtraction left negative is gone through too */
  constructor(
    h: FloatHistogram,
    direction: 'ascending' | 'descending' = 'ascending',
    takesNegativeZero = false,
  ) {
    this.#h = h;
    this.#hasZeroBucket = takesNegativeZero ? h.zeroCount !== 0 : h.zeroCount > 0;
    this.#step = direction === 'ascending' ? 1 : -1;
    this.#sections =
      direction === 'ascending'
        ? ['negative', 'zero', 'positive']
        : ['positive', 'zero', 'negative'];
  }

  /** @returns false after the last bucket */
  next(): boolean {
    for (;;) {
      if (this.#cursor?.next() === true) {
        this.count = this.#counts[this.#cursor.position] as number;
        return true;
      }
      this.#sectionAt++;
      const section = this.#sections[this.#sectionAt];
      if (section === undefined) return false;
      if (section === 'zero') {
        this.#cursor = undefined;
        if (!this.#hasZeroBucket) continue;
        this.count = this.#h.zeroCount;
        return true;
      }
      this.#cursor = this.#cursorOf(section);
    }
  }

  get isZeroBucket(): boolean {
    return this.#sections[this.#sectionAt] === 'zero';
  }

  /** Never reaches into the zero bucket. */
  get lower(): number {
    const { lower } = this.schemaInterval;
    const threshold = this.#h.zeroThreshold;
    return lower > 0 && lower < threshold ? threshold : lower;
  }

  /** Never reaches into the zero bucket. */
  get upper(): number {
    const { upper } = this.schemaInterval;
    const threshold = this.#h.zeroThreshold;
    return upper < 0 && upper > -threshold ? -threshold : upper;
  }

  /** The bounds, whatever the zero bucket covers of the bucket. */
  get schemaInterval(): Interval {
    const section = this.#sections[this.#sectionAt];
    const threshold = this.#h.zeroThreshold;
    if (section === undefined || section === 'zero') return { lower: -threshold, upper: threshold };
    return bucketInterval(this.#h, section, this.#index);
  }

  get lowerInclusive(): boolean {
    if (this.isZeroBucket) return true;
    return usesCustomBuckets(this.#h) ? this.#index === 0 : this.#isNegative;
  }

  get upperInclusive(): boolean {
    return this.isZeroBucket || !this.#isNegative;
  }

  get #isNegative(): boolean {
    return this.#sections[this.#sectionAt] === 'negative';
  }

  get #index(): number {
    return this.#cursor?.index ?? 0;
  }

  get #counts(): readonly number[] {
    return this.#isNegative ? this.#h.negativeBuckets : this.#h.positiveBuckets;
  }

  #cursorOf(section: 'negative' | 'positive'): SpanCursor {
    // Negative buckets are numbered by their absolute value.
    return section === 'negative'
      ? new SpanCursor(
          this.#h.negativeSpans,
          this.#h.negativeBuckets.length,
          this.#step === 1 ? -1 : 1,
        )
      : new SpanCursor(this.#h.positiveSpans, this.#h.positiveBuckets.length, this.#step);
  }
}
