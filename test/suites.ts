/** Where the public conformance cases lie. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** Told where a test that needs the cases does not run. */
export const NO_SUITES =
  'no conformance cases: set WATCHKEEPER_SUITES to the folder that has INDEX.md';

/** `WATCHKEEPER_SUITES`, else `shared/suites` beside the checkout; undefined when there is none. */
export function findSuitesDir(): string | undefined {
  const candidates = [
    process.env['WATCHKEEPER_SUITES'],
    resolve(ROOT, '../shared/suites'),
    resolve(ROOT, '../../shared/suites'),
  ];
  return candidates.find((dir) => dir !== undefined && existsSync(resolve(dir, 'INDEX.md')));
}

/** @throws Error saying what to set when there is none */
export function suitesDir(): string {
  const dir = findSuitesDir();
  if (dir === undefined) throw new Error(NO_SUITES);
  return dir;
}
