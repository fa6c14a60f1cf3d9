/** The histogram on the line between two. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { detectReset } from '../histogram/detect-reset.ts';
import { scaleHistogram } from '../histogram/scale.ts';
import { type AddOutcome, HistogramSum } from '../histogram/sum.ts';

export interface HistogramLine {
  readonly beforeMs: number;
  readonly before: FloatHistogram;
  readonly afterMs: number;
  readonly after: FloatHistogram;
  readonly timeMs: number;
  /** A counter that was reset grows from zero. */
  readonly isCounter: boolean;
}

/** @throws IncompatibleSchemaError */
export function interpolateHistograms(
  line: HistogramLine,
  note: (outcome: AddOutcome, operation: 'addition' | 'subtraction') => void,
): FloatHistogram {
  const { beforeMs, before, afterMs, after, timeMs, isCounter } = line;
  if (timeMs === beforeMs) return before;
  if (timeMs === afterMs) return after;
  const fraction = (timeMs - beforeMs) / (afterMs - beforeMs);
  if (isCounter && detectReset(after, before)) return scaleHistogram(after, fraction);
  const result = HistogramSum.of(after);
  note(result.subtract(before), 'subtraction');
  result.scale(fraction);
  note(result.add(before), 'addition');
  return result.toHistogram();
}
