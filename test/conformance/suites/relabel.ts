/** Relabelling: labels in, rules applied in order, labels out or dropped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Relabeler } from '../../../collector/relabel/relabeler.ts';
import type { NameValidationScheme, RelabelAction, RelabelConfig } from '../../../config/types.ts';
import { Labels } from '../../../model/labels.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface CaseRule {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly modulus?: number;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: RelabelAction;
  readonly name_validation_scheme?: NameValidationScheme;
}

interface RelabelCase {
  readonly line: number;
  readonly input: Record<string, string>;
  readonly relabel_configs: readonly CaseRule[];
  readonly output?: Record<string, string>;
  readonly drop?: boolean;
}

export const suite: ConformanceSuite = {
  name: 'relabel',
  caseCount: 34,
  async run(dir, report) {
    const file = await readFile(join(dir, 'relabel', 'relabel.json'), 'utf8');
    const { cases } = JSON.parse(file) as { cases: readonly RelabelCase[] };
    for (const one of cases) report(judge(one));
  },
};

function judge(one: RelabelCase): CaseResult {
  const relabeler = new Relabeler(one.relabel_configs.map(complete));
  const result = relabeler.apply(Labels.fromRecord(one.input));
  const expected = one.drop === true ? 'dropped' : Labels.fromRecord(one.output ?? {}).toString();
  const got = result.labels?.toString() ?? 'dropped';
  return { name: `line ${one.line}`, ok: got === expected, expected, got };
}

/** The defaults of a rule, which the file leaves out. */
function complete(rule: CaseRule): RelabelConfig {
  return {
    sourceLabels: rule.source_labels ?? [],
    separator: rule.separator ?? ';',
    regex: rule.regex ?? '(.*)',
    modulus: BigInt(rule.modulus ?? 0),
    targetLabel: rule.target_label ?? '',
    replacement: rule.replacement ?? '$1',
    action: rule.action ?? 'replace',
    nameValidationScheme: rule.name_validation_scheme ?? 'utf8',
  };
}
