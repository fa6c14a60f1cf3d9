/** Series with native histograms as samples. */
import { isDeepStrictEqual } from 'node:util';
import type { FloatHistogram } from '../../../model/histogram.ts';
import { parseSequence } from '../../../promql/promqltest/series-notation.ts';
import { readCases, resultOf } from '../promql-cases.ts';
import type { ConformanceSuite } from '../suite.ts';

/** What the notation can say; what is absent is 0 or empty. */
interface Written {
  readonly schema?: number;
  readonly sum?: number;
  readonly count?: number;
  readonly z_bucket?: number;
  readonly z_bucket_w?: number;
  readonly buckets?: readonly number[];
  readonly offset?: number;
  readonly n_buckets?: readonly number[];
  readonly n_offset?: number;
  readonly custom_values?: readonly number[];
  readonly counter_reset_hint?: string;
}

interface HistogramCase {
  readonly line: number;
  readonly name: string;
  readonly input: string;
  readonly ok: boolean;
  readonly histograms?: readonly Written[];
  readonly error?: string;
}

export const suite: ConformanceSuite = {
  name: 'promql-histogram-notation',
  caseCount: 25,
  async run(dir, report) {
    for (const testCase of await readCases<HistogramCase>(dir, 'histogram_notation.json')) {
      const wanted = testCase.ok
        ? (testCase.histograms ?? []).map(withDefaults)
        : (testCase.error ?? '');
      const text = resultOf(() => JSON.stringify(expand(testCase.input)));
      const got: unknown = text.startsWith('[') ? JSON.parse(text) : text;
      report({
        name: `${testCase.line} ${testCase.name}`,
        ok: isDeepStrictEqual(got, wanted),
        expected: JSON.stringify(wanted),
        got: text,
      });
    }
  },
};

function withDefaults(written: Written): Required<Written> {
  return {
    schema: 0,
    sum: 0,
    count: 0,
    z_bucket: 0,
    z_bucket_w: 0,
    buckets: [],
    offset: 0,
    n_buckets: [],
    n_offset: 0,
    custom_values: [],
    counter_reset_hint: 'unknown',
    ...written,
  };
}

function expand(input: string): readonly Written[] {
  return parseSequence(input).points.map((point) => {
    if (point.kind !== 'histogram') throw new Error(`a point of kind ${point.kind}`);
    return written(point.histogram);
  });
}

function written(h: FloatHistogram): Required<Written> {
  return {
    schema: h.schema,
    sum: h.sum,
    count: h.count,
    z_bucket: h.zeroCount,
    z_bucket_w: h.zeroThreshold,
    buckets: h.positiveBuckets,
    offset: h.positiveSpans[0]?.offset ?? 0,
    n_buckets: h.negativeBuckets,
    n_offset: h.negativeSpans[0]?.offset ?? 0,
    custom_values: h.customValues,
    counter_reset_hint: h.counterResetHint,
  };
}
