/** What `--enable-feature` switches on, under Prometheus' names. */
import type { ParserOptions } from '../promql/ast.ts';
import type { ServeOptions } from './serve-options.ts';

export const FEATURES: readonly string[] = [
  'promql-experimental-functions',
  'promql-extended-range-selectors',
  'promql-binop-fill-modifiers',
  'promql-delayed-name-removal',
  'promql-per-step-stats',
  'type-and-unit-labels',
  'use-start-timestamps',
];

export function parserOptions(features: ReadonlySet<string>): ParserOptions {
  return {
    experimentalFunctions: features.has('promql-experimental-functions'),
    extendedRangeSelectors: features.has('promql-extended-range-selectors'),
    binopFillModifiers: features.has('promql-binop-fill-modifiers'),
    durationExpressions: true,
  };
}

/** The answer of `/api/v1/features`. */
export function featureTable(
  options: ServeOptions,
): Readonly<Record<string, Readonly<Record<string, boolean>>>> {
  return {
    api: {
      admin: options.isAdminEnabled,
      lifecycle: options.isLifecycleEnabled,
      remote_write_receiver: options.takesRemoteWrite,
      otlp_write_receiver: options.takesOtlp,
    },
    promql: Object.fromEntries(FEATURES.map((name) => [name, options.features.has(name)])),
  };
}
