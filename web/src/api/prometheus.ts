import { getData } from './client.ts';

export type LabelSet = Readonly<Record<string, string>>;

/** Points of one series on the grid of its answer: NaN where there is none. */
export interface RangeSeries {
  readonly labels: LabelSet;
  readonly values: Float64Array;
}

export interface RangeAnswer {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
  readonly series: readonly RangeSeries[];
}

export interface InstantSample {
  readonly labels: LabelSet;
  readonly timeMs: number;
  /** NaN for a native histogram, which no table cell shows. */
  readonly value: number;
}

interface Matrix {
  readonly resultType: 'matrix';
  readonly result: readonly { metric: LabelSet; values?: readonly [number, string][] }[];
}

type Instant =
  | { resultType: 'vector'; result: readonly { metric: LabelSet; value?: [number, string] }[] }
  | { resultType: 'scalar' | 'string'; result: [number, string] }
  | Matrix;

export interface RangeQuery {
  readonly expr: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** @throws ApiFailure */
export async function queryRange(query: RangeQuery, signal: AbortSignal): Promise<RangeAnswer> {
  const { expr, startMs, endMs, stepMs } = query;
  const answer = await getData<Matrix>(
    'v1/query_range',
    { query: expr, start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 },
    signal,
  );
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  const series = answer.result.map(({ metric, values = [] }) => {
    const column = new Float64Array(count).fill(Number.NaN);
    for (const [seconds, text] of values) {
      column[Math.round((seconds * 1000 - startMs) / stepMs)] = numberOf(text);
    }
    return { labels: metric, values: column };
  });
  return { startMs, stepMs, count, series };
}

/** @throws ApiFailure */
export async function queryInstant(
  expr: string,
  timeMs: number,
  signal: AbortSignal,
): Promise<readonly InstantSample[]> {
  const answer = await getData<Instant>('v1/query', { query: expr, time: timeMs / 1000 }, signal);
  if (answer.resultType === 'vector') {
    return answer.result.map(({ metric, value }) => ({
      labels: metric,
      timeMs: (value?.[0] ?? 0) * 1000,
      value: numberOf(value?.[1] ?? 'NaN'),
    }));
  }
  if (answer.resultType === 'matrix') {
    return answer.result.flatMap(({ metric, values = [] }) => {
      const last = values.at(-1);
      return last === undefined
        ? []
        : [{ labels: metric, timeMs: last[0] * 1000, value: numberOf(last[1]) }];
    });
  }
  const [seconds, text] = answer.result;
  return [{ labels: {}, timeMs: seconds * 1000, value: numberOf(text) }];
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}
