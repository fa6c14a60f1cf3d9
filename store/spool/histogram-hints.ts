import type { CounterResetHint } from '../../model/histogram.ts';

/** By their number in the table `histograms`. */
export const HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];
