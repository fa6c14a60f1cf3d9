/** The mean of native histograms. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { divideHistogram } from './scale.ts';
import { type AddOutcome, HistogramSum } from './sum.ts';

/**
 * Sums up and divides at the end, which is the most accurate way, until the sum would grow beyond
 * a double; from there on the mean itself is carried along.
 */
export class HistogramMean {
  #histogramCount = 1;
  #isIncremental = false;
  #sum: HistogramSum;

  constructor(first: FloatHistogram) {
    this.#sum = HistogramSum.of(first);
  }

  /** @throws IncompatibleSchemaError; the mean is void then */
  add(h: FloatHistogram): AddOutcome {
    const before = this.#histogramCount;
    const after = before + 1;
    this.#histogramCount = after;
    if (!this.#isIncremental) {
      const next = this.#sum.clone();
      const outcome = next.add(h);
      if (!next.hasOverflow()) {
        this.#sum = next;
        return outcome;
      }
      this.#isIncremental = true;
      this.#sum.divide(before);
    }
    this.#sum.scale(before / after);
    return this.#sum.add(divideHistogram(h, after));
  }

  /** Without empty buckets. */
  toHistogram(): FloatHistogram {
    if (this.#isIncremental) return this.#sum.toHistogram();
    const mean = this.#sum.clone();
    mean.divide(this.#histogramCount);
    return mean.toHistogram();
  }
}
