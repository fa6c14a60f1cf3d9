/** Reads matchers: today's list of texts, and the maps of names and values of before. */
import { isScalar } from 'yaml';
import { AlertMatcher, sortMatchers } from '../../model/alert-matchers/alert-matcher.ts';
import { MatcherError } from '../../model/alert-matchers/lexer.ts';
import { type MatcherMode, parseMatchers } from '../../model/alert-matchers/parse-matchers.ts';
import { isClassicLabelName } from '../../model/labels.ts';
import { RegexError } from '../../model/matcher.ts';
import { quote } from '../go-text.ts';
import { readText, type YamlSection } from '../yaml-section.ts';

export interface MatcherFields {
  readonly equal: string;
  readonly regex: string;
  readonly texts: string;
}

/** All matchers of a section under three names, sorted. */
export function readMatchers(
  section: YamlSection,
  names: MatcherFields,
  mode: MatcherMode,
): readonly AlertMatcher[] {
  return sortMatchers([
    ...readEqual(section, names.equal),
    ...readRegex(section, names.regex),
    ...readTexts(section, names.texts, mode),
  ]);
}

function readEqual(section: YamlSection, name: string): readonly AlertMatcher[] {
  return section.entries(name, 'map[string]string').flatMap(([label, key, value]) => {
    const text = readText(section.reader, value);
    if (!isClassicLabelName(label)) {
      section.reader.addProblem(key, `invalid label name ${quote(label)}`);
      return [];
    }
    return text === undefined ? [] : [new AlertMatcher('=', label, text)];
  });
}

function readRegex(section: YamlSection, name: string): readonly AlertMatcher[] {
  return section.entries(name, 'config.MatchRegexps').flatMap(([label, key, value]) => {
    const { reader } = section;
    if (!isClassicLabelName(label)) {
      reader.addProblem(key, `invalid label name ${quote(label)}`);
      return [];
    }
    if (isScalar(value) && (value.source ?? '') === '' && value.type === 'PLAIN') {
      reader.addProblem(key, `invalid regexp value for ${quote(label)}`);
      return [];
    }
    const text = readText(reader, value);
    if (text === undefined) return [];
    try {
      // The anchors are part of the value, and so of the keys of routes.
      return [new AlertMatcher('=~', label, `^(?:${text})$`)];
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      reader.addProblem(value, error.message);
      return [];
    }
  });
}

function readTexts(section: YamlSection, name: string, mode: MatcherMode): readonly AlertMatcher[] {
  return (section.textItems(name) ?? []).flatMap(({ text, node }) => {
    try {
      return parseMatchers(text, mode);
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error;
      section.reader.addProblem(node, error.message, 'write it as name="value"');
      return [];
    }
  });
}
