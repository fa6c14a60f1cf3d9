/** `histogram_quantile`, `histogram_quantiles`, `histogram_fraction`. */
import { formatGoG } from '../../model/go-float.ts';
import type { FloatHistogram } from '../../model/histogram.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { PositionRange } from '../ast.ts';
import {
  bucketFraction,
  bucketQuantile,
  type ClassicBuckets,
} from '../functions/classic-histogram.ts';
import { nativeFraction, nativeQuantile } from '../functions/native-histogram.ts';
import {
  forcedMonotonicityInfo,
  fractionNaNsInfo,
  invalidQuantileWarning,
  quantileNaNResultInfo,
  quantileNaNSkewInfo,
} from './annotation-texts.ts';
import { HistogramVector, type HistogramVisitor } from './bucket-groups.ts';
import type { EvalContext } from './eval-context.ts';
import type { Grid } from './grid.ts';
import { withoutMetadata } from './metadata-labels.ts';
import { RowCollector } from './row-collector.ts';
import type { RowSource } from './rows.ts';

export interface QuantileArgument {
  readonly values: Float64Array;
  readonly pos: PositionRange;
}

/** Results under the labels of the histogram, without or to be without its name. */
class Results {
  readonly collector: RowCollector;
  readonly #context: EvalContext;
  readonly #rowOf = new Map<Labels, number>();

  constructor(steps: number, context: EvalContext) {
    this.collector = new RowCollector(steps, context.modes);
    this.#context = context;
  }

  set(labels: Labels, step: number, value: number, extra?: readonly [string, string]): void {
    let row = extra === undefined ? this.#rowOf.get(labels) : undefined;
    if (row === undefined) {
      const named = this.#context.modes.delayedNameRemoval ? labels : withoutMetadata(labels);
      const full = extra === undefined ? named : named.with(extra[0], extra[1]);
      row = this.collector.rowFor(full, this.#context.modes.delayedNameRemoval);
      if (extra === undefined) this.#rowOf.set(labels, row);
    }
    this.collector.setFloat(row, step, value);
    this.#context.hold(1);
  }

  /** The name in annotations. */
  nameOf(labels: Labels): string {
    return this.#context.modes.delayedNameRemoval ? labels.get(METRIC_NAME) : '';
  }
}

export async function histogramQuantileRows(
  rows: RowSource,
  pos: PositionRange,
  quantiles: readonly QuantileArgument[],
  quantileLabel: string | undefined,
  grid: Grid,
  context: EvalContext,
): Promise<RowSource> {
  for (const quantile of quantiles) warnOfQuantile(quantile, context);
  const vector = await HistogramVector.of(rows, pos, context);
  const results = new Results(rows.steps, context);
  for (const { values } of quantiles) {
    const visitor: HistogramVisitor = {
      native(labels, step, histogram) {
        const q = values[step] as number;
        const { value, nanEffect } = nativeQuantile(q, histogram);
        const name = results.nameOf(labels);
        if (nanEffect === 'is-nan') context.annotate(quantileNaNResultInfo(name, pos));
        if (nanEffect === 'skewed-higher') context.annotate(quantileNaNSkewInfo(name, pos));
        results.set(labels, step, value, labelOf(quantileLabel, q));
      },
      classic(labels, step, buckets) {
        const q = values[step] as number;
        const { value, fix } = bucketQuantile(q, buckets);
        if (fix !== undefined) {
          const timeMs = grid.startMs + step * grid.stepMs;
          const { minBucket, maxBucket, maxDiff } = fix;
          const name = results.nameOf(labels);
          context.annotate(
            forcedMonotonicityInfo(name, pos, timeMs, minBucket, maxBucket, maxDiff),
          );
        }
        results.set(labels, step, value, labelOf(quantileLabel, q));
      },
    };
    await vector.visit(visitor);
  }
  return results.collector.block;
}

function warnOfQuantile({ values, pos }: QuantileArgument, context: EvalContext): void {
  for (const q of values) if (!(q >= 0 && q <= 1)) context.annotate(invalidQuantileWarning(q, pos));
}

function labelOf(name: string | undefined, q: number): readonly [string, string] | undefined {
  if (name === undefined) return undefined;
  const text = formatGoG(q);
  return [name, /[.eN]|Inf/.test(text) ? text : `${text}.0`];
}

export async function histogramFractionRows(
  rows: RowSource,
  pos: PositionRange,
  lower: Float64Array,
  upper: Float64Array,
  context: EvalContext,
): Promise<RowSource> {
  const vector = await HistogramVector.of(rows, pos, context);
  const results = new Results(rows.steps, context);
  await vector.visit({
    native(labels: Labels, step: number, histogram: FloatHistogram) {
      const { value, hasNaNs } = nativeFraction(
        lower[step] as number,
        upper[step] as number,
        histogram,
      );
      if (hasNaNs) context.annotate(fractionNaNsInfo(results.nameOf(labels), pos));
      results.set(labels, step, value);
    },
    classic(labels: Labels, step: number, buckets: ClassicBuckets) {
      const value = bucketFraction(lower[step] as number, upper[step] as number, buckets);
      results.set(labels, step, value);
    },
  });
  return results.collector.block;
}
