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

/** Takes minutes and a Prometheus, so it runs when it is asked for by name. */
export const COMPLIANCE = 'compliance';

export async function loadSuite(name: string): Promise<ConformanceSuite> {
  const path = name === COMPLIANCE ? '../compliance.ts' : `${name}.ts`;
  const module = (await import(resolve(DIR, path))) as { suite: ConformanceSuite };
  return module.suite;
}
