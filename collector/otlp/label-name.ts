/** Names of OTLP attributes as label names, by the OpenTelemetry compatibility specification. */
import { quoteGo } from '../../model/labels.ts';
import { OtlpNameError } from './metric-name.ts';

export interface LabelNameRules {
  readonly allowsUtf8: boolean;
  /** A name that begins with one underscore gets `key` before it. */
  readonly prefixesUnderscore: boolean;
  readonly keepsMultipleUnderscores: boolean;
}

/** @throws OtlpNameError */
export function labelName(attribute: string, rules: LabelNameRules): string {
  if (attribute === '') throw new OtlpNameError('label name is empty');
  if (rules.allowsUtf8) {
    if (/^_+$/.test(attribute)) {
      throw new OtlpNameError(`label name ${quoteGo(attribute)} contains only underscores`);
    }
    return attribute;
  }
  let name = sanitized(attribute, rules.keepsMultipleUnderscores);
  if (/^[0-9]/.test(name)) name = `key_${name}`;
  else if (rules.prefixesUnderscore && /^_(?!_)/.test(name)) name = `key${name}`;
  if (/^_+$/.test(name)) {
    throw new OtlpNameError(
      `normalization for label name ${quoteGo(attribute)} resulted in invalid name ${quoteGo(name)}`,
    );
  }
  return name;
}

function sanitized(name: string, keepsMultipleUnderscores: boolean): string {
  if (keepsMultipleUnderscores) return name.replace(/[^a-zA-Z0-9]/gu, '_');
  const isReserved = name.length >= 4 && name.startsWith('__') && name.endsWith('__');
  const inner = (isReserved ? name.slice(2, -2) : name).replace(/[^a-zA-Z0-9]+/gu, '_');
  return isReserved ? `__${inner}__` : inner;
}
