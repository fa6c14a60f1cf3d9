/** What a sum or difference of two histograms says about counter resets. */
import type { CounterResetHint } from '../../model/histogram.ts';

/**
 * A gauge stays one, then unknown wins; only a reset meeting the assurance that there was none is
 * a collision, of which users are warned.
 */
export function combineHints(
  a: CounterResetHint,
  b: CounterResetHint,
): { readonly hint: CounterResetHint; readonly resetCollision: boolean } {
  if (a === b) return { hint: a, resetCollision: false };
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', resetCollision: false };
  return { hint: 'unknown', resetCollision: a !== 'unknown' && b !== 'unknown' };
}
