/** Reads label sets. */
import { Labels } from '../model/labels.ts';
import { quote } from './go-text.ts';
import { isLabelName } from './names.ts';
import type { NameValidationScheme } from './types.ts';
import { readText, type YamlSection } from './yaml-section.ts';

/**
 * The labels in a field of `parent`.
 * @param mapValue what becomes of a value before it counts; nothing by default
 */
export function readLabels(
  parent: YamlSection,
  name: string,
  scheme: NameValidationScheme,
  mapValue: (value: string) => string = (value) => value,
): Labels {
  const entries: [string, string][] = [];
  const { reader } = parent;
  for (const [label, key, node] of parent.entries(name, 'map[string]string')) {
    const value = readText(reader, node) ?? '';
    if (!isLabelName(label, scheme)) {
      const fix = scheme === 'legacy' ? 'use letters, digits and _ only' : 'use UTF-8 text';
      reader.addProblem(key, `${quote(label)} is not a valid label name`, fix);
    } else if (!value.isWellFormed()) {
      reader.addProblem(node, `${quote(value)} is not a valid label value`, 'use UTF-8 text');
    } else {
      entries.push([label, mapValue(value)]);
    }
  }
  return Labels.fromEntries(entries);
}
