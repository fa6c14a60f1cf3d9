/** How much of the sample limit a row takes. */
import { histogramSampleSize } from '../histogram/sample-size.ts';
import { FLOAT, HISTOGRAM, histogramAt, type Row } from './rows.ts';

/** Samples in a row; a histogram counts for as many as it takes memory. */
export function countSamples(row: Row, steps: number): number {
  const { base, kinds } = row;
  let count = 0;
  for (let cell = base; cell < base + steps; cell++) {
    const kind = kinds[cell] as number;
    if (kind === FLOAT) count += 1;
    else if (kind === HISTOGRAM) count += histogramSampleSize(histogramAt(row, cell));
  }
  return count;
}
