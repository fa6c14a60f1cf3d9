/** Finds the suites: every module of `suites/`, by its file name. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConformanceSuite } from './suite.ts';

const DIR = resolve(import.meta.dirname, 'suites');

export function suiteNames(): readonly string[] {
  return readdirSync(DIR)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

export async function loadSuite(name: string): Promise<ConformanceSuite> {
  const module = (await import(resolve(DIR, `${name}.ts`))) as { suite: ConformanceSuite };
  return module.suite;
}
