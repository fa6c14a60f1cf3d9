/** How observations are taken to be spread within a bucket. */

/**
 * The share of a bucket's observations that lie below `value`, strictly inside its finite bounds.
 * Linear: evenly, as in classic histograms. Else evenly over the logarithm, as if the bucket were
 * cut ever finer in the way of exponential schemas.
 */
export function fractionBelow(
  lower: number,
  upper: number,
  value: number,
  isLinear: boolean,
): number {
  if (isLinear) return (value - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  return value > 0
    ? (logValue - logLower) / (logUpper - logLower)
    : 1 - (logValue - logUpper) / (logLower - logUpper);
}
