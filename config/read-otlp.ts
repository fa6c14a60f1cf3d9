/** Reads `otlp`. */
import { quote } from './go-text.ts';
import type { GlobalConfig, OtlpConfig, OtlpTranslationStrategy } from './types.ts';
import type { TextItem, YamlSection } from './yaml-section.ts';

const STRATEGIES: readonly OtlpTranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
];

const DEFAULTS: OtlpConfig = {
  promoteAllResourceAttributes: false,
  promoteResourceAttributes: [],
  ignoreResourceAttributes: [],
  translationStrategy: 'UnderscoreEscapingWithSuffixes',
  keepIdentifyingResourceAttributes: false,
  convertHistogramsToNhcb: false,
  promoteScopeMetadata: false,
  labelNameUnderscoreSanitization: true,
  labelNamePreserveMultipleUnderscores: true,
};

export function readOtlp(root: YamlSection, global: GlobalConfig): OtlpConfig {
  const section = root.section('otlp', 'config.plain');
  if (section === undefined) return DEFAULTS;
  const promoteAll = section.boolean('promote_all_resource_attributes');
  const promoted = section.textItems('promote_resource_attributes') ?? [];
  const ignored = section.textItems('ignore_resource_attributes') ?? [];
  if (promoteAll && promoted.length > 0) {
    section.problem(
      'promote_resource_attributes',
      "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously",
      'remove one of them',
    );
  }
  if (!promoteAll && ignored.length > 0) {
    section.problem(
      'ignore_resource_attributes',
      "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true",
    );
  }
  const config: OtlpConfig = {
    promoteAllResourceAttributes: promoteAll,
    promoteResourceAttributes: checkAttributes(section, 'promote', 'promoted', promoted),
    ignoreResourceAttributes: checkAttributes(section, 'ignore', 'ignored', ignored),
    translationStrategy: readStrategy(section, global),
    keepIdentifyingResourceAttributes: section.boolean('keep_identifying_resource_attributes'),
    convertHistogramsToNhcb: section.boolean('convert_histograms_to_nhcb'),
    promoteScopeMetadata: section.boolean('promote_scope_metadata'),
    labelNameUnderscoreSanitization: section.boolean('label_name_underscore_sanitization', true),
    labelNamePreserveMultipleUnderscores: section.boolean(
      'label_name_preserve_multiple_underscores',
      true,
    ),
  };
  section.finish();
  return config;
}

function readStrategy(section: YamlSection, global: GlobalConfig): OtlpTranslationStrategy {
  const known = ['', ...STRATEGIES] as const;
  const found = section.choice(
    'translation_strategy',
    known,
    DEFAULTS.translationStrategy,
    (text) => {
      return `unsupported OTLP translation strategy ${quote(text)}`;
    },
  );
  const strategy = found === '' ? DEFAULTS.translationStrategy : found;
  const needsUtf8 = strategy === 'NoTranslation' || strategy === 'NoUTF8EscapingWithSuffixes';
  if (needsUtf8 && global.metricNameValidationScheme === 'legacy') {
    const text = `OTLP translation strategy ${quote(strategy)} is not allowed when UTF8 is disabled`;
    section.problem('translation_strategy', text, 'set metric_name_validation_scheme: utf8');
  }
  return strategy;
}

/** Trims the names; empty and repeated ones are problems. */
function checkAttributes(
  section: YamlSection,
  verb: 'promote' | 'ignore',
  adjective: 'promoted' | 'ignored',
  items: readonly TextItem[],
): readonly string[] {
  const field = `${verb}_resource_attributes`;
  const seen = new Set<string>();
  for (const { text, node } of items) {
    const attribute = text.trim();
    const isTwice = seen.has(attribute);
    seen.add(attribute);
    if (attribute !== '' && !isTwice) continue;
    const what = `${adjective} OTel resource attribute`;
    const problem = attribute === '' ? `empty ${what}` : `duplicated ${what} ${quote(attribute)}`;
    section.reader.addProblem(node, `invalid '${field}': ${problem}`, 'remove it');
  }
  return [...seen];
}
