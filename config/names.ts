/** Which texts may name labels, by validation scheme. */
import { isClassicLabelName } from '../model/labels.ts';
import type { NameValidationScheme } from './types.ts';

export function isLabelName(name: string, scheme: NameValidationScheme): boolean {
  return scheme === 'legacy' ? isClassicLabelName(name) : name !== '' && name.isWellFormed();
}
