/** Which relabel configs Prometheus takes. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findRelabelProblem } from '../../../config/relabel-rules.ts';
import type { NameValidationScheme, RelabelAction } from '../../../config/types.ts';
import type { ConformanceSuite } from '../suite.ts';

interface ValidateCase {
  readonly config: {
    readonly action?: RelabelAction;
    readonly source_labels?: readonly string[];
    readonly separator?: string;
    readonly regex?: string;
    readonly modulus?: number;
    readonly target_label?: string;
    readonly replacement?: string;
    readonly name_validation_scheme: NameValidationScheme;
  };
  readonly ok: boolean;
  readonly error_contains?: string;
}

export const suite: ConformanceSuite = {
  name: 'relabel-validate',
  caseCount: 10,
  async run(dir, report) {
    const text = await readFile(path.join(dir, 'relabel/validate.json'), 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly ValidateCase[] };
    cases.forEach(({ config, ok, error_contains: part = '' }, index) => {
      const fields = {
        action: config.action ?? ('' as const),
        sourceLabels: config.source_labels,
        separator: config.separator,
        regex: config.regex,
        modulus: BigInt(config.modulus ?? 0),
        targetLabel: config.target_label ?? '',
        replacement: config.replacement,
      };
      const problem = findRelabelProblem(fields, config.name_validation_scheme)?.[1];
      report({
        name: `${index}: ${JSON.stringify(config)}`,
        ok: ok ? problem === undefined : problem?.includes(part) === true,
        expected: ok ? 'accepted' : part,
        got: problem ?? 'accepted',
      });
    });
  },
};
