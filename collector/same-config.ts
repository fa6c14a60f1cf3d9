/** Whether two parts of configurations mean the same. */
import { Secret } from '../config/secret.ts';
import { Labels } from '../model/labels.ts';

/** Looks into secrets, which every other comparison takes for equal. Never logs anything. */
export function sameConfig(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && a.reveal() === b.reveal();
  }
  if (a instanceof Labels || b instanceof Labels) {
    return a instanceof Labels && b instanceof Labels && a.equals(b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = b as Readonly<Record<string, unknown>>;
  return (
    left.length === Object.keys(right).length &&
    left.every(([key, value]) => Object.hasOwn(right, key) && sameConfig(value, right[key]))
  );
}
