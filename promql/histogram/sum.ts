/** Sums and differences of native histograms. */
import {
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  type FloatHistogram,
} from '../../model/histogram.ts';
import { BucketSide } from './bucket-side.ts';
import { combineHints } from './counter-reset.ts';
import { commonBounds, movedToBounds } from './custom-bounds.ts';
import { KahanSum } from './kahan.ts';
import { coarserIndex, IncompatibleSchemaError, sameNumbers, usesCustomBuckets } from './schema.ts';
import { bucketsWithin, freeZeroThreshold, lastIndexWithin, type Sides } from './zero-bucket.ts';

/** What a user may need to be told about an addition. */
export interface AddOutcome {
  /** One histogram says that its counter was reset, the other that it was not. */
  readonly resetCollision: boolean;
  /** Custom bounds differed, so that only the bounds they share are left. */
  readonly boundsReconciled: boolean;
}

interface Layout {
  hint: CounterResetHint;
  schema: number;
  zeroThreshold: number;
  customValues: readonly number[];
}

interface Numbers {
  readonly zeroCount: KahanSum;
  readonly count: KahanSum;
  readonly sum: KahanSum;
  readonly positive: BucketSide;
  readonly negative: BucketSide;
}

/**
 * A histogram that others are added to, with Kahan summation in every bucket. Layouts that differ
 * are brought together: the coarser schema, the wider zero bucket, the bounds both have.
 */
export class HistogramSum {
  readonly #layout: Layout;
  readonly #numbers: Numbers;

  private constructor(layout: Layout, numbers: Numbers) {
    this.#layout = layout;
    this.#numbers = numbers;
  }

  static of(first: FloatHistogram): HistogramSum {
    return new HistogramSum(
      {
        hint: first.counterResetHint,
        schema: first.schema,
        zeroThreshold: first.zeroThreshold,
        customValues: first.customValues,
      },
      {
        zeroCount: new KahanSum(first.zeroCount),
        count: new KahanSum(first.count),
        sum: new KahanSum(first.sum),
        positive: BucketSide.of(first.positiveSpans, first.positiveBuckets),
        negative: BucketSide.of(first.negativeSpans, first.negativeBuckets),
      },
    );
  }

  clone(): HistogramSum {
    const { zeroCount, count, sum, positive, negative } = this.#numbers;
    return new HistogramSum(
      { ...this.#layout },
      {
        zeroCount: zeroCount.clone(),
        count: count.clone(),
        sum: sum.clone(),
        positive: positive.clone(),
        negative: negative.clone(),
      },
    );
  }

  /** @throws IncompatibleSchemaError, and is unchanged then */
  add(other: FloatHistogram): AddOutcome {
    return this.#accumulate(other, 1);
  }

  /** @throws IncompatibleSchemaError, and is unchanged then */
  subtract(other: FloatHistogram): AddOutcome {
    return this.#accumulate(other, -1);
  }

  scale(factor: number): void {
    for (const part of Object.values(this.#numbers) as (KahanSum | BucketSide)[]) {
      part.scale(factor);
    }
  }

  divide(divisor: number): void {
    for (const part of Object.values(this.#numbers) as (KahanSum | BucketSide)[]) {
      part.divide(divisor);
    }
  }

  /** True when a number in it has grown beyond a double. */
  hasOverflow(): boolean {
    const { zeroCount, count, sum, positive, negative } = this.#numbers;
    return (
      zeroCount.isInfinite ||
      count.isInfinite ||
      sum.isInfinite ||
      positive.hasInfinity() ||
      negative.hasInfinity()
    );
  }

  /** Without empty buckets. */
  toHistogram(): FloatHistogram {
    const { hint, schema, zeroThreshold, customValues } = this.#layout;
    const positive = this.#numbers.positive.toArrays();
    const negative = this.#numbers.negative.toArrays();
    return {
      counterResetHint: hint,
      schema,
      zeroThreshold,
      zeroCount: this.#numbers.zeroCount.value,
      count: this.#numbers.count.value,
      sum: this.#numbers.sum.value,
      positiveSpans: positive.spans,
      negativeSpans: negative.spans,
      positiveBuckets: positive.buckets,
      negativeBuckets: negative.buckets,
      customValues,
      isStale: false,
    };
  }

  #accumulate(other: FloatHistogram, sign: 1 | -1): AddOutcome {
    const isCustom = this.#layout.schema === CUSTOM_BUCKETS_SCHEMA;
    if (usesCustomBuckets(other) !== isCustom) throw new IncompatibleSchemaError();
    const { hint, resetCollision } = combineHints(this.#layout.hint, other.counterResetHint);
    this.#layout.hint = hint;
    this.#numbers.count.add(sign * other.count);
    this.#numbers.sum.add(sign * other.sum);
    if (isCustom) return { resetCollision, boundsReconciled: this.#addCustom(other, sign) };
    this.#addExponential(other, sign);
    return { resetCollision, boundsReconciled: false };
  }

  #addCustom(other: FloatHistogram, sign: 1 | -1): boolean {
    const { positive } = this.#numbers;
    const theirs = { spans: other.positiveSpans, buckets: other.positiveBuckets };
    const bounds = this.#layout.customValues;
    if (sameNumbers(bounds, other.customValues)) {
      positive.add(theirs, sign, undefined, Number.NEGATIVE_INFINITY);
      return false;
    }
    const common = commonBounds(bounds, other.customValues);
    positive.move(movedToBounds(bounds, common));
    positive.add(theirs, sign, movedToBounds(other.customValues, common), Number.NEGATIVE_INFINITY);
    this.#layout.customValues = common;
    return true;
  }

  #addExponential(other: FloatHistogram, sign: 1 | -1): void {
    const { positive, negative, zeroCount } = this.#numbers;
    zeroCount.add(sign * this.#reconcileZeroBuckets(other));
    const { schema, zeroThreshold } = this.#layout;
    if (other.schema < schema) {
      const moved = (index: number): number => coarserIndex(index, schema, other.schema);
      positive.move(moved);
      negative.move(moved);
      this.#layout.schema = other.schema;
    }
    const moved =
      other.schema > schema
        ? (index: number): number => coarserIndex(index, other.schema, schema)
        : undefined;
    const afterIndex = lastIndexWithin(other.schema, zeroThreshold);
    positive.add(
      { spans: other.positiveSpans, buckets: other.positiveBuckets },
      sign,
      moved,
      afterIndex,
    );
    negative.add(
      { spans: other.negativeSpans, buckets: other.negativeBuckets },
      sign,
      moved,
      afterIndex,
    );
  }

  /** @returns the zero count that `other` has with the threshold that is set here now */
  #reconcileZeroBuckets(other: FloatHistogram): number {
    if (other.zeroThreshold === this.#layout.zeroThreshold) return other.zeroCount;
    const mine: Sides = { schema: this.#layout.schema, ...this.#numbers };
    const theirs: Sides = {
      schema: other.schema,
      positive: BucketSide.of(other.positiveSpans, other.positiveBuckets),
      negative: BucketSide.of(other.negativeSpans, other.negativeBuckets),
    };
    let myThreshold = this.#layout.zeroThreshold;
    let theirThreshold = other.zeroThreshold;
    while (myThreshold !== theirThreshold) {
      if (myThreshold > theirThreshold) theirThreshold = freeZeroThreshold(theirs, myThreshold);
      if (theirThreshold > myThreshold) myThreshold = freeZeroThreshold(mine, theirThreshold);
    }
    if (myThreshold > this.#layout.zeroThreshold) {
      this.#layout.zeroThreshold = myThreshold;
      drainIntoZeroBucket(mine, myThreshold, this.#numbers.zeroCount);
    }
    const zeroCount = new KahanSum(other.zeroCount);
    if (theirThreshold > other.zeroThreshold) {
      drainIntoZeroBucket(theirs, theirThreshold, zeroCount);
    }
    return zeroCount.value;
  }
}

function drainIntoZeroBucket(sides: Sides, threshold: number, zeroCount: KahanSum): void {
  for (const side of [sides.positive, sides.negative]) {
    const length = bucketsWithin(side, sides.schema, threshold);
    for (let at = 0; at < length; at++) {
      zeroCount.add(side.countAt(at));
      zeroCount.add(side.errorAt(at));
    }
    side.dropFirst(length);
  }
}
