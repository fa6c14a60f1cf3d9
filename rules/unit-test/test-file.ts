/** A file of tests of rules, as promtool has it. */
import type { Labels } from '../../model/labels.ts';

export interface TestFile {
  readonly file: string;
  /** Absolute patterns. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Names of groups; those that are not named come with the first. */
  readonly groupEvalOrder: readonly string[];
  /** Neighbouring floats count as equal. */
  readonly fuzzyCompare: boolean;
  readonly tests: readonly TestGroup[];
}

export interface TestGroup {
  readonly name: string;
  /** Between samples of the input, and for groups of rules that name none. */
  readonly intervalMs: number;
  readonly inputSeries: readonly InputSeries[];
  readonly alertTests: readonly AlertTest[];
  readonly exprTests: readonly ExprTest[];
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  readonly startMs: number;
}

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

export interface AlertTest {
  readonly evalTimeMs: number;
  readonly alertName: string;
  readonly alerts: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface ExprTest {
  readonly expr: string;
  readonly evalTimeMs: number;
  readonly samples: readonly ExpectedSample[];
}

export interface ExpectedSample {
  readonly labels: string;
  /** Ignored when there is a histogram. */
  readonly value: number;
  /** '' for none. */
  readonly histogram: string;
}
