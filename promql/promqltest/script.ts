/** The PromQL test language: what a script says, once it is read. */
import type { Labels } from '../../model/labels.ts';
import type { Sequence, SequencePoint } from './series-notation.ts';

export interface ScriptSample {
  readonly timestampMs: number;
  /** 0: none. */
  readonly startTimestampMs: number;
  /** Never 'none'. */
  readonly point: SequencePoint;
}

export interface ScriptSeries {
  readonly labels: Labels;
  /** Times strictly ascending. */
  readonly samples: readonly ScriptSample[];
}

interface ClearCommand {
  readonly kind: 'clear';
  readonly line: number;
}

export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  readonly series: readonly ScriptSeries[];
}

export interface RangeTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export type EvalTimes =
  | { readonly kind: 'instant'; readonly timeMs: number }
  | ({ readonly kind: 'range' } & RangeTimes);

/** What an error or annotation must read like. */
export type TextExpectation =
  | { readonly kind: 'any' }
  | { readonly kind: 'message'; readonly text: string }
  | {
      readonly kind: 'regex';
      readonly pattern: string;
      readonly matches: (text: string) => boolean;
    };

export interface EvalExpectations {
  /** Undefined: the query must not fail. */
  readonly fail: TextExpectation | undefined;
  readonly warnings: readonly TextExpectation[];
  readonly infos: readonly TextExpectation[];
  readonly noWarnings: boolean;
  readonly noInfos: boolean;
  readonly ordered: boolean;
  /** The points that an instant query gives whose result is a range vector. */
  readonly rangeVector: RangeTimes | undefined;
  readonly string: string | undefined;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly times: EvalTimes;
  readonly expectations: EvalExpectations;
  /** A scalar result, or undefined when series are expected. */
  readonly scalar: number | undefined;
  readonly series: readonly Sequence[];
}

/** An `eval` that cannot be run; the commands after it can. */
export interface BrokenEvalCommand {
  readonly kind: 'broken-eval';
  readonly line: number;
  readonly query: string;
  readonly problem: string;
}

export type ScriptCommand = ClearCommand | LoadCommand | EvalCommand | BrokenEvalCommand;

/** A script that cannot be read. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  /** From 1. */
  readonly line: number;

  constructor(line: number, message: string, options?: ErrorOptions) {
    super(`line ${line}: ${message}`, options);
    this.line = line;
  }
}
