/** Where the public conformance cases lie. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * The folder of suites: `WATCHKEEPER_SUITES`, else `shared/suites` beside the checkout.
 * @throws Error saying what to set when there is none
 */
export function suitesDir(): string {
  const candidates = [
    process.env['WATCHKEEPER_SUITES'],
    resolve(ROOT, '../shared/suites'),
    resolve(ROOT, '../../shared/suites'),
  ];
  for (const dir of candidates) {
    if (dir !== undefined && existsSync(resolve(dir, 'INDEX.md'))) return dir;
  }
  throw new Error('no conformance cases: set WATCHKEEPER_SUITES to the folder that has INDEX.md');
}
