/** Which relabel configs make sense: Prometheus' `relabel.Config.Validate`, with its texts. */
import { quote } from './go-text.ts';
import { isLabelName } from './names.ts';
import type { NameValidationScheme, RelabelAction } from './types.ts';

/** A relabel config as far as it was given; undefined fields were not written. */
export interface RelabelFields {
  readonly action: RelabelAction | '';
  readonly sourceLabels: readonly string[] | undefined;
  readonly separator: string | undefined;
  readonly regex: string | undefined;
  readonly modulus: bigint;
  readonly targetLabel: string;
  readonly replacement: string | undefined;
}

export const RELABEL_DEFAULTS = { separator: ';', regex: '(.*)', replacement: '$1' } as const;

const NEED_TARGET: ReadonlySet<string> = new Set([
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]);
/** These write a label name as it stands, and take no replacement. */
const PLAIN_TARGET: ReadonlySet<string> = new Set([
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]);
/**
 * Legacy names, in which `$1` and `${name}` may stand for parts. The same language as Prometheus'
 * expression, but without its two ways to read a part, which JavaScript would try in turn.
 */
const LEGACY_TEMPLATE = /^(?:[a-zA-Z_]|\$\{\w+\}|\$\w)(?:\w|\$\{\w+\}|\$\w)*$/;

/** @returns what is wrong, and the field where; undefined when all is well */
export function findRelabelProblem(
  fields: RelabelFields,
  scheme: NameValidationScheme,
): readonly [field: string, problem: string] | undefined {
  const { action, targetLabel } = fields;
  if (action === '') return ['action', 'relabel action cannot be empty'];
  if (action === 'hashmod' && fields.modulus === 0n) {
    return ['modulus', 'relabel configuration for hashmod requires non-zero modulus'];
  }
  if (NEED_TARGET.has(action) && targetLabel === '') {
    const problem = `relabel configuration for ${action} action requires 'target_label' value`;
    return ['target_label', problem];
  }
  const badTarget = `${quote(targetLabel)} is invalid 'target_label' for ${action} action`;
  if (action === 'replace') {
    const isTemplate = targetLabel.includes('$');
    const isGood = isTemplate ? isNameTemplate : isLabelName;
    if (!isGood(targetLabel, scheme)) return ['target_label', badTarget];
  }
  if (PLAIN_TARGET.has(action) || action === 'hashmod') {
    if (!isLabelName(targetLabel, scheme)) return ['target_label', badTarget];
  }
  const replacement = fields.replacement ?? RELABEL_DEFAULTS.replacement;
  if (PLAIN_TARGET.has(action) && replacement !== RELABEL_DEFAULTS.replacement) {
    return ['replacement', `'replacement' can not be set for ${action} action`];
  }
  if (action === 'labelmap' && !isNameTemplate(replacement, scheme)) {
    return ['replacement', `${quote(replacement)} is invalid 'replacement' for ${action} action`];
  }
  return findSuperfluousField(fields);
}

function isNameTemplate(text: string, scheme: NameValidationScheme): boolean {
  return scheme === 'utf8' ? isLabelName(text, scheme) : LEGACY_TEMPLATE.test(text);
}

function findSuperfluousField(
  fields: RelabelFields,
): readonly [field: string, problem: string] | undefined {
  const { action } = fields;
  const isEqual = action === 'keepequal' || action === 'dropequal';
  if (!isEqual && action !== 'labeldrop' && action !== 'labelkeep') return undefined;
  const allowed = isEqual ? "'source_labels' and `target_label`" : "'regex'";
  const problem = `${action} action requires only ${allowed}, and no other fields`;
  if (isEqual && fields.regex !== undefined) return ['regex', problem];
  if (!isEqual && fields.sourceLabels !== undefined) return ['source_labels', problem];
  if (!isEqual && fields.targetLabel !== '') return ['target_label', problem];
  if (fields.modulus !== 0n) return ['modulus', problem];
  const { separator, replacement } = RELABEL_DEFAULTS;
  if ((fields.separator ?? separator) !== separator) return ['separator', problem];
  if ((fields.replacement ?? replacement) !== replacement) return ['replacement', problem];
  return undefined;
}
