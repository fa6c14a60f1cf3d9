/**
 * Sums of floats with Kahan's compensation in Neumaier's form, as in Prometheus'
 * `util/kahansum`. Written out in each loop: the compensated addition has two results, and a
 * call per sample would cost more than the addition.
 */

/** Sum of the entries from `from` up to but not including `to`. */
export function sum(values: Float64Array, from: number, to: number): number {
  let total = 0;
  let error = 0;
  for (let index = from; index < to; index++) {
    const value = values[index] as number;
    const next = total + value;
    if (next === Infinity || next === -Infinity) error = 0;
    else if (Math.abs(total) >= Math.abs(value)) error += total - next + value;
    else error += value - next + total;
    total = next;
  }
  return total === Infinity || total === -Infinity ? total : total + error;
}

/**
 * Arithmetic mean of at least one entry. The sum is divided at the end, which is the most exact,
 * unless it overflows; from there on the mean itself is carried along.
 */
export function mean(values: Float64Array, from: number, to: number): number {
  let total = values[from] as number;
  let error = 0;
  for (let index = from + 1; index < to; index++) {
    const value = values[index] as number;
    const next = total + value;
    if (next === Infinity || next === -Infinity) {
      return incrementalMean(values, from, index, to, total, error);
    }
    if (Math.abs(total) >= Math.abs(value)) error += total - next + value;
    else error += value - next + total;
    total = next;
  }
  const count = to - from;
  return total / count + error / count;
}

function incrementalMean(
  values: Float64Array,
  from: number,
  at: number,
  to: number,
  total: number,
  totalError: number,
): number {
  let count = at - from;
  let current = total / count;
  let error = totalError / count;
  for (let index = at; index < to; index++) {
    count++;
    const share = (count - 1) / count;
    const added = (values[index] as number) / count;
    const before = share * current;
    const next = before + added;
    error *= share;
    if (next === Infinity || next === -Infinity) error = 0;
    else if (Math.abs(before) >= Math.abs(added)) error += before - next + added;
    else error += added - next + before;
    current = next;
  }
  return current + error;
}

/** Population variance (Welford's way, compensated) of at least one entry. */
export function variance(values: Float64Array, from: number, to: number): number {
  let average = 0;
  let averageError = 0;
  let squares = 0;
  let squaresError = 0;
  let count = 0;
  for (let index = from; index < to; index++) {
    const value = values[index] as number;
    count++;
    const delta = value - (average + averageError);
    const step = delta / count;
    const nextAverage = average + step;
    averageError = compensation(step, average, nextAverage, averageError);
    average = nextAverage;
    const square = delta * (value - (average + averageError));
    const nextSquares = squares + square;
    squaresError = compensation(square, squares, nextSquares, squaresError);
    squares = nextSquares;
  }
  return (squares + squaresError) / count;
}

/** What the addition of `added` to `before`, which gave `after`, has lost so far. */
export function compensation(added: number, before: number, after: number, error: number): number {
  if (after === Infinity || after === -Infinity) return 0;
  return Math.abs(before) >= Math.abs(added)
    ? error + (before - after + added)
    : error + (added - after + before);
}
