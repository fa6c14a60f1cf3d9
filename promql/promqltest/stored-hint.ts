/** Counter reset hints as a Prometheus gives them that has stored the histograms. */
import type { CounterResetHint, FloatHistogram } from '../../model/histogram.ts';
import { detectReset } from '../histogram/detect-reset.ts';
import { sameNumbers } from '../histogram/schema.ts';

/**
 * Prometheus stores histograms in chunks and gives, whatever hint they came with: gauge for
 * gauges; 'not_reset' within a chunk, which ends when the layout changes or a count falls; and
 * 'unknown' for the first of a chunk, since it cannot know what was before.
 * @param previous the sample before of the same series when it is a histogram
 */
export function storedHint(
  h: FloatHistogram,
  previous: FloatHistogram | undefined,
): CounterResetHint {
  if (h.counterResetHint === 'gauge') return 'gauge';
  if (previous === undefined || previous.isStale || previous.counterResetHint === 'gauge') {
    return 'unknown';
  }
  const hasSameLayout =
    h.schema === previous.schema &&
    h.zeroThreshold === previous.zeroThreshold &&
    sameNumbers(h.customValues, previous.customValues);
  const isReset =
    h.counterResetHint === 'reset' || detectReset({ ...h, counterResetHint: 'unknown' }, previous);
  return hasSameLayout && !isReset ? 'not_reset' : 'unknown';
}
