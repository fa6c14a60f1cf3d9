/** Reads relabel configs. */
import { compileRegex, RegexError } from '../model/matcher.ts';
import { quote } from './go-text.ts';
import { isLabelName } from './names.ts';
import { findRelabelProblem, RELABEL_DEFAULTS, type RelabelFields } from './relabel-rules.ts';
import type { NameValidationScheme, RelabelAction, RelabelConfig } from './types.ts';
import { isNullNode } from './yaml-reader.ts';
import { YamlSection } from './yaml-section.ts';

const ACTIONS: readonly RelabelAction[] = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];

/**
 * The list of relabel configs in a field of `parent`.
 * @param emptyProblem Prometheus' text for a null entry
 */
export function readRelabelConfigs(
  parent: YamlSection,
  name: string,
  scheme: NameValidationScheme,
  emptyProblem: string,
): readonly RelabelConfig[] {
  const nodes = parent.items(name, '[]*relabel.Config', 'a list of relabelling rules') ?? [];
  return nodes.flatMap((node) => {
    if (isNullNode(node)) {
      parent.reader.addProblem(node, emptyProblem, 'remove it or write the rule');
      return [];
    }
    return readRelabelConfig(new YamlSection(parent.reader, node, 'relabel.plain'), scheme) ?? [];
  });
}

function readRelabelConfig(
  section: YamlSection,
  scheme: NameValidationScheme,
): RelabelConfig | undefined {
  const before = section.reader.problems.count;
  const fields: RelabelFields = {
    action: readAction(section),
    sourceLabels: readSourceLabels(section),
    separator: section.has('separator') ? section.string('separator') : undefined,
    regex: readRegex(section),
    modulus: section.unsigned('modulus') ?? 0n,
    targetLabel: section.string('target_label'),
    replacement: section.has('replacement') ? section.string('replacement') : undefined,
  };
  section.finish();
  if (section.reader.problems.count > before) return undefined;
  const problem = findRelabelProblem(fields, scheme);
  if (problem !== undefined) {
    section.problem(problem[0], problem[1]);
    return undefined;
  }
  if (fields.action === '') return undefined;
  return {
    sourceLabels: fields.sourceLabels ?? [],
    separator: fields.separator ?? RELABEL_DEFAULTS.separator,
    regex: fields.regex ?? RELABEL_DEFAULTS.regex,
    modulus: fields.modulus,
    targetLabel: fields.targetLabel,
    replacement: fields.replacement ?? RELABEL_DEFAULTS.replacement,
    action: fields.action,
    nameValidationScheme: scheme,
  };
}

/** Absent, it is `replace`; null, it is empty, and refused. Upper case counts as lower. */
function readAction(section: YamlSection): RelabelAction | '' {
  if (!section.has('action')) return 'replace';
  const text = section.string('action').toLowerCase();
  const found = ACTIONS.find((action) => action === text);
  if (found !== undefined || section.valueNode('action') === undefined) return found ?? '';
  return section.choice('action', ACTIONS, 'replace', (written) => {
    return `unknown relabel action ${quote(written)}`;
  });
}

function readSourceLabels(section: YamlSection): readonly string[] | undefined {
  return section.textItems('source_labels')?.map(({ text, node }) => {
    // By the wider scheme, whatever the config's: as Prometheus does.
    if (!isLabelName(text, 'utf8')) {
      section.reader.addProblem(node, `${quote(text)} is not a valid label name`);
    }
    return text;
  });
}

/** A null regex is the empty one, which is not the default. */
function readRegex(section: YamlSection): string | undefined {
  if (!section.has('regex')) return undefined;
  const regex = section.string('regex');
  try {
    compileRegex(`^(?s:${regex})$`);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    section.problem('regex', error.message, 'the syntax is that of RE2');
  }
  return regex;
}
