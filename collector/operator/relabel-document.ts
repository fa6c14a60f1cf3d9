/** Relabelling rules of the operator's objects, and those that it makes itself. */
import { sanitize } from '../discovery/kubernetes/meta-labels.ts';
import {
  type Document,
  field,
  list,
  MalformedObjectError,
  renamed,
  text,
  texts,
} from './document.ts';

const META = '__meta_kubernetes_';

/** A list of rules as an object writes them. */
export function relabelRules(from: unknown, name: string): readonly Document[] {
  return list(from, name).map((rule) => {
    const regex = text(rule, 'regex');
    return {
      ...renamed(rule, { separator: 'separator', replacement: 'replacement' }),
      source_labels: field(rule, 'sourceLabels'),
      // What is empty counts as not written, as in the operator.
      target_label: text(rule, 'targetLabel') || undefined,
      regex: regex === '' ? undefined : regex,
      modulus: field(rule, 'modulus') || undefined,
      action: text(rule, 'action')?.toLowerCase() || undefined,
    };
  });
}

/** Copies meta labels, joined by `;`, into a label. */
export function copyRule(sources: readonly string[], target: string, regex?: string): Document {
  return {
    source_labels: sources.map((name) => META + name),
    target_label: target,
    regex,
    replacement: regex === undefined ? undefined : '${1}',
  };
}

/** Sets a label. */
export function setRule(target: string, value: string): Document {
  // `$` begins a reference in a replacement.
  return { target_label: target, replacement: value.replaceAll('$', '$$$$') };
}

/** Sets a label that the target does not have. */
export function defaultRule(target: string, value: string): Document {
  return { ...setRule(target, value), source_labels: [target], regex: '' };
}

export function keepRule(source: string, regex: string): Document {
  return { action: 'keep', source_labels: [META + source], regex };
}

/** Leaves out Pods that have ended. */
export const RUNNING_RULE: Document = {
  action: 'drop',
  source_labels: [`${META}pod_phase`],
  regex: '(Failed|Succeeded)',
};

/** A label of the object, where it is not empty, as a label of the target. */
export function labelRule(role: string, label: string, target: string): Document {
  return copyRule([`${role}_label_${sanitize(label)}`], target, '(.+)');
}

/** Keeps targets whose object of the role has the labels that a selector asks for. */
export function selectorRules(role: string, selector: unknown): readonly Document[] {
  const rules: Document[] = [];
  const rule = (action: string, label: string, values: string | undefined): void => {
    const safe = sanitize(label);
    const present = `${META}${role}_labelpresent_${safe}`;
    const isValued = values !== undefined;
    rules.push({
      action,
      source_labels: isValued ? [`${META}${role}_label_${safe}`, present] : [present],
      regex: isValued ? `(${values});true` : 'true',
    });
  };
  for (const [label, value] of sortedLabels(selector)) rule('keep', label, value);
  for (const { key, operator, values } of expressions(selector)) {
    const isKept = operator === 'In' || operator === 'Exists';
    const isValued = operator === 'In' || operator === 'NotIn';
    rule(isKept ? 'keep' : 'drop', key, isValued ? values.join('|') : undefined);
  }
  return rules;
}

/** A selector in the notation of the API: `a=b,c in (d,e),!f`. */
export function selectorText(selector: unknown): string {
  const equal = sortedLabels(selector).map(([label, value]) => `${label}=${value}`);
  const others = expressions(selector).map(({ key, operator, values }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
    }
  });
  return [...equal, ...others].join(',');
}

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
const OPERATORS: readonly Operator[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

interface Expression {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

function expressions(selector: unknown): readonly Expression[] {
  return list(selector, 'matchExpressions').map((expression) => {
    const written = text(expression, 'operator') ?? '';
    const operator = OPERATORS.find((one) => one === written);
    if (operator === undefined) {
      throw new MalformedObjectError(
        `matchExpressions: unknown operator ${JSON.stringify(written)}`,
      );
    }
    return { key: text(expression, 'key') ?? '', operator, values: texts(expression, 'values') };
  });
}

function sortedLabels(selector: unknown): readonly (readonly [string, string])[] {
  const labels = field(selector, 'matchLabels') ?? {};
  const names = Object.keys(labels).sort();
  return names.map((name) => [name, text(labels, name) ?? ''] as const);
}
