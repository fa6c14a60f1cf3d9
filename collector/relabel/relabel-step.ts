/** One relabel rule, compiled. */
import { createHash } from 'node:crypto';
import type { NameValidationScheme, RelabelConfig } from '../../config/types.ts';
import { isClassicLabelName } from '../../model/labels.ts';
import { anchoredRegex } from '../../model/matcher.ts';
import { expandTemplate, parseTemplate, type TemplatePart } from './expand.ts';
import { compileGroups, type MatchGroups } from './groups-regex.ts';
import type { LabelBuilder } from './label-builder.ts';
import { toLowerGo, toUpperGo } from './letter-case.ts';

/** Changes the labels; false when the rule drops the set. */
export type RelabelStep = (labels: LabelBuilder) => boolean;

/** @throws RegexError */
export function compileStep(config: RelabelConfig): RelabelStep {
  const source = sourceOf(config);
  const { targetLabel } = config;
  switch (config.action) {
    case 'replace':
      return replaceStep(config, source);
    case 'keep':
    case 'drop': {
      const matches = anchoredRegex(config.regex);
      const keepsMatches = config.action === 'keep';
      return (labels) => matches(source(labels)) === keepsMatches;
    }
    case 'keepequal':
      return (labels) => labels.get(targetLabel) === source(labels);
    case 'dropequal':
      return (labels) => labels.get(targetLabel) !== source(labels);
    case 'hashmod':
      return setStep(targetLabel, (labels) => hashMod(source(labels), config.modulus));
    case 'lowercase':
      return setStep(targetLabel, (labels) => toLowerGo(source(labels)));
    case 'uppercase':
      return setStep(targetLabel, (labels) => toUpperGo(source(labels)));
    case 'labelmap':
      return labelMapStep(config);
    case 'labeldrop':
    case 'labelkeep':
      return labelFilterStep(config);
    default: {
      const unknown: never = config.action;
      throw new Error(`unknown relabel action ${String(unknown)}`);
    }
  }
}

function sourceOf(config: RelabelConfig): (labels: LabelBuilder) => string {
  const { sourceLabels, separator } = config;
  const [first] = sourceLabels;
  if (first === undefined) return () => '';
  if (sourceLabels.length === 1) return (labels) => labels.get(first);
  return (labels) => sourceLabels.map((name) => labels.get(name)).join(separator);
}

function setStep(targetLabel: string, value: (labels: LabelBuilder) => string): RelabelStep {
  return (labels) => {
    labels.set(targetLabel, value(labels));
    return true;
  };
}

function replaceStep(config: RelabelConfig, source: (labels: LabelBuilder) => string): RelabelStep {
  const regex = compileGroups(config.regex);
  const target = parseTemplate(config.targetLabel, regex.groupNumbers);
  const replacement = parseTemplate(config.replacement, regex.groupNumbers);
  return (labels) => {
    const groups = regex.match(source(labels));
    if (groups === undefined) return true;
    const name = expandTemplate(target, groups);
    if (!isValidLabelName(name, config.nameValidationScheme)) return true;
    labels.set(name, expandTemplate(replacement, groups));
    return true;
  };
}

function labelMapStep(config: RelabelConfig): RelabelStep {
  const regex = compileGroups(config.regex);
  const replacement = parseTemplate(config.replacement, regex.groupNumbers);
  return (labels) => {
    for (const [name, value] of labels.entries()) {
      const mapped = mapName(name, regex, replacement);
      if (mapped !== undefined) labels.set(mapped, value);
    }
    return true;
  };
}

function mapName(
  name: string,
  regex: MatchGroups,
  replacement: readonly TemplatePart[],
): string | undefined {
  const groups = regex.match(name);
  return groups === undefined ? undefined : expandTemplate(replacement, groups);
}

function labelFilterStep(config: RelabelConfig): RelabelStep {
  const matches = anchoredRegex(config.regex);
  const dropsMatches = config.action === 'labeldrop';
  return (labels) => {
    for (const [name] of labels.entries()) {
      if (matches(name) === dropsMatches) labels.delete(name);
    }
    return true;
  };
}

/** Prometheus takes the last 8 bytes of the MD5, big-endian, so that shards agree between both. */
function hashMod(text: string, modulus: bigint): string {
  const hash = createHash('md5').update(text).digest().readBigUInt64BE(8);
  return (hash % modulus).toString();
}

/** In UTF-8 mode every name is valid but the empty one and one that is not UTF-8. */
function isValidLabelName(name: string, scheme: NameValidationScheme): boolean {
  return scheme === 'legacy' ? isClassicLabelName(name) : name !== '' && name.isWellFormed();
}
