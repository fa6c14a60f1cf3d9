/** Settings of the engine, and what a caller says of one query. */
import type { Expr, ParserOptions } from '../ast.ts';

/** Prometheus' defaults. */
const LOOKBACK_MS_DEFAULT = 5 * 60_000;
const SAMPLES_MAX_DEFAULT = 50_000_000;
const TIMEOUT_MS_DEFAULT = 2 * 60_000;
/** Samples that the reads of one query may bring into memory, 16 bytes each. */
const READ_SAMPLES_MAX_DEFAULT = 100_000_000;

export interface EngineOptions {
  /** How far back an instant selector looks for a sample. */
  readonly lookbackMs: number;
  /**
   * Samples a query may hold at one time, counted as Prometheus does
   * (`--query.max-samples`): results of its parts, not what was read to compute them.
   */
  readonly samplesMax: number;
  /** Samples that all reads of a query may bring into memory. */
  readonly readSamplesMax: number;
  readonly timeoutMs: number;
  /** The step of a subquery that names none. */
  readonly defaultSubqueryStepMs: (rangeMs: number) => number;
  readonly parser: ParserOptions;
  /** promql-delayed-name-removal */
  readonly delayedNameRemoval: boolean;
  /** use-start-timestamps */
  readonly startTimestamps: boolean;
  /** type-and-unit-labels */
  readonly typeAndUnitLabels: boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

export const ENGINE_DEFAULTS: EngineOptions = {
  lookbackMs: LOOKBACK_MS_DEFAULT,
  samplesMax: SAMPLES_MAX_DEFAULT,
  readSamplesMax: READ_SAMPLES_MAX_DEFAULT,
  timeoutMs: TIMEOUT_MS_DEFAULT,
  defaultSubqueryStepMs: () => 60_000,
  parser: {
    experimentalFunctions: false,
    extendedRangeSelectors: false,
    binopFillModifiers: false,
    durationExpressions: true,
  },
  delayedNameRemoval: false,
  startTimestamps: false,
  typeAndUnitLabels: false,
  now: () => performance.now(),
};

interface QueryOptions {
  /** Text, or a tree; only annotations of a text have a place. */
  readonly expr: string | Expr;
  readonly lookbackMs?: number;
  readonly samplesMax?: number;
  /** Not above that of the engine. */
  readonly timeoutMs?: number;
  /** Count samples per step. */
  readonly perStepStats?: boolean;
}

export interface InstantQuery extends QueryOptions {
  readonly timeMs: number;
}

/** Both ends included. */
export interface RangeQuery extends QueryOptions {
  readonly startMs: number;
  readonly endMs: number;
  /** Above 0. */
  readonly stepMs: number;
}
