/** Reads `inhibit_rules`. */
import type { Node } from 'yaml';
import { isAlertLabelName, type MatcherMode } from '../../model/alert-matchers/parse-matchers.ts';
import { quote } from '../go-text.ts';
import type { YamlReader } from '../yaml-reader.ts';
import { YamlSection } from '../yaml-section.ts';
import { readMatchers } from './read-matchers.ts';
import type { InhibitRuleConfig } from './types.ts';

export function readInhibitRules(
  reader: YamlReader,
  nodes: readonly Node[],
  mode: MatcherMode,
): readonly InhibitRuleConfig[] {
  return nodes.map((node) => {
    const section = new YamlSection(reader, node, 'common.plain');
    const rule: InhibitRuleConfig = {
      name: section.string('name'),
      sourceMatchers: readSide(section, 'source', mode),
      targetMatchers: readSide(section, 'target', mode),
      equal: readEqual(section, mode),
    };
    section.finish();
    return rule;
  });
}

function readSide(
  section: YamlSection,
  side: string,
  mode: MatcherMode,
): InhibitRuleConfig['sourceMatchers'] {
  return readMatchers(
    section,
    { equal: `${side}_match`, regex: `${side}_match_re`, texts: `${side}_matchers` },
    mode,
  );
}

function readEqual(section: YamlSection, mode: MatcherMode): readonly string[] {
  return (section.textItems('equal') ?? []).flatMap(({ text, node }) => {
    if (isAlertLabelName(text, mode)) return [text];
    section.reader.addProblem(node, `invalid label name ${quote(text)} in equal list`);
    return [];
  });
}
