/** The `otlp` section as the translation asks for it. */
import type { OtlpConfig } from '../../config/types.ts';
import type { LabelNameRules } from './label-name.ts';
import type { NameRules } from './metric-name.ts';

export interface OtlpSettings {
  readonly names: NameRules;
  readonly labelNames: LabelNameRules;
  /** Whether a resource attribute becomes a label of each of its series. */
  readonly isPromoted: (attribute: string) => boolean;
  readonly keepsIdentifyingAttributes: boolean;
  readonly convertsHistogramsToNhcb: boolean;
  readonly promotesScope: boolean;
}

export function otlpSettings(config: OtlpConfig): OtlpSettings {
  const strategy = config.translationStrategy;
  const allowsUtf8 = strategy === 'NoUTF8EscapingWithSuffixes' || strategy === 'NoTranslation';
  const listed = new Set(
    config.promoteAllResourceAttributes
      ? config.ignoreResourceAttributes
      : config.promoteResourceAttributes,
  );
  return {
    names: {
      allowsUtf8,
      addsSuffixes:
        strategy === 'UnderscoreEscapingWithSuffixes' || strategy === 'NoUTF8EscapingWithSuffixes',
    },
    labelNames: {
      allowsUtf8,
      prefixesUnderscore: config.labelNameUnderscoreSanitization,
      keepsMultipleUnderscores: config.labelNamePreserveMultipleUnderscores,
    },
    isPromoted: (attribute) => listed.has(attribute) !== config.promoteAllResourceAttributes,
    keepsIdentifyingAttributes: config.keepIdentifyingResourceAttributes,
    convertsHistogramsToNhcb: config.convertHistogramsToNhcb,
    promotesScope: config.promoteScopeMetadata,
  };
}
