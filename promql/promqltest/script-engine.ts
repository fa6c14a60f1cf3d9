/** What a script needs: something that answers queries, and somewhere to keep samples. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { SampleSource } from '../../model/source.ts';
import type { ParserOptions } from '../ast.ts';
import type { RangeTimes, ScriptSeries } from './script.ts';

/** Scripts may use all that is experimental. */
export const SCRIPT_PARSER_OPTIONS: ParserOptions = {
  experimentalFunctions: true,
  extendedRangeSelectors: true,
  binopFillModifiers: true,
  durationExpressions: true,
};

export interface AnswerPoint {
  readonly timestampMs: number;
  readonly value: number;
  /** Set: the point is a histogram. */
  readonly histogram: FloatHistogram | undefined;
}

export interface AnswerSeries {
  readonly labels: Labels;
  readonly points: readonly AnswerPoint[];
}

export type AnswerValue =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  /** One point per series. */
  | { readonly type: 'vector'; readonly series: readonly AnswerSeries[] }
  | { readonly type: 'matrix'; readonly series: readonly AnswerSeries[] };

export interface Answer {
  readonly value: AnswerValue;
  /** Texts as the API gives them, with the place in the query. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Errors of the evaluation are thrown; their messages are compared. */
export interface ScriptEngine {
  instant(query: string, timeMs: number, source: SampleSource): Promise<Answer>;
  range(query: string, times: RangeTimes, source: SampleSource): Promise<Answer>;
}

/** Where a script's samples are kept. */
export interface ScriptStorage {
  readonly source: SampleSource;
  clear(): Promise<void>;
  /** Samples of a series that is there already come after those it has. */
  append(series: readonly ScriptSeries[]): Promise<void>;
}
