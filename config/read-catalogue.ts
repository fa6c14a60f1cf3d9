/** Reads the section `catalogue`: what is recorded of Kubernetes without rules of the user's. */
import { quote } from './go-text.ts';
import { openOwnSection } from './own-section.ts';
import type { CatalogueConfig, CatalogueRecording } from './own-types.ts';
import type { YamlSection } from './yaml-section.ts';

const RECORDINGS: readonly CatalogueRecording[] = ['auto', 'always', 'never'];

export function readCatalogue(root: YamlSection): CatalogueConfig {
  const section = openOwnSection(root, 'catalogue');
  if (section === undefined) return { record: 'auto', mixinRules: true };
  const config: CatalogueConfig = {
    record: section.choice('record', RECORDINGS, 'auto', (text) => {
      return `unknown recording ${quote(text)}`;
    }),
    mixinRules: section.boolean('mixin_rules', true),
  };
  section.finish();
  return config;
}
