/** Back-tests in the running program: what they are made of. */
import type { BackTestRouteDeps } from '../api/back-test/back-test-routes.ts';
import type { SampleSource } from '../model/source.ts';
import type { Engine } from '../promql/engine/engine.ts';
import { PolicyErrors } from '../rules/policy/alarm-policy.ts';
import { findCatalogueMetric } from '../rules/policy/catalogue-metrics.ts';
import { compilePolicy } from '../rules/policy/compile-policy.ts';
import { readPolicy } from '../rules/policy/read-policy.ts';
import type { ProgramNotifications } from './notifications.ts';
import type { ProgramRules } from './rules.ts';

export interface BackTestParts {
  readonly engine: Engine;
  readonly source: SampleSource;
  readonly rules: ProgramRules;
  readonly notifications: ProgramNotifications;
  readonly resendDelayMs: number;
}

/** Samples of policies' metrics may come so late. */
export const POLICY_QUERY_OFFSET_MS = 30_000;

export function backTestDeps(parts: BackTestParts): BackTestRouteDeps {
  const { engine, source, rules, notifications, resendDelayMs } = parts;
  const { parser } = engine.options;
  return {
    source,
    engine: engine.options,
    settings: () => rules.settings,
    resendDelayMs,
    notifications: () => ({
      config: notifications.config,
      silences: notifications.engine.silences.all(),
    }),
    known: {
      options: { parser, nameValidation: 'utf8', ignoreUnknownFields: false },
      files: () => rules.files,
      compile: (tree) => {
        const read = readPolicy(tree, parser, () => 'pol_back-test');
        if (!read.ok) throw new PolicyErrors(read.problems);
        return compilePolicy(read.policy, {
          findMetric: findCatalogueMetric,
          parser,
          queryOffsetMs: POLICY_QUERY_OFFSET_MS,
        }).file;
      },
    },
    now: Date.now,
  };
}
