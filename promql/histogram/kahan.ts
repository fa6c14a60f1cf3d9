/** Kahan summation with Neumaier's improvement. */

/**
 * The new compensation after `before + added` gave `after`; the true sum is `after` plus it. An
 * infinite sum has none, lest Inf - Inf make it NaN.
 */
export function kahanError(added: number, before: number, after: number, error: number): number {
  if (after === Number.POSITIVE_INFINITY || after === Number.NEGATIVE_INFINITY) return 0;
  return Math.abs(before) >= Math.abs(added)
    ? error + (before - after + added)
    : error + (added - after + before);
}

/** A running sum that loses next to nothing to rounding. */
export class KahanSum {
  #sum: number;
  #error = 0;

  constructor(start = 0) {
    this.#sum = start;
  }

  add(value: number): void {
    const after = this.#sum + value;
    this.#error = kahanError(value, this.#sum, after, this.#error);
    this.#sum = after;
  }

  scale(factor: number): void {
    this.#sum *= factor;
    this.#error *= factor;
  }

  divide(divisor: number): void {
    this.#sum /= divisor;
    this.#error /= divisor;
  }

  clone(): KahanSum {
    const copy = new KahanSum(this.#sum);
    copy.#error = this.#error;
    return copy;
  }

  get isInfinite(): boolean {
    return Math.abs(this.#sum) === Number.POSITIVE_INFINITY;
  }

  get value(): number {
    return this.#sum + this.#error;
  }
}
