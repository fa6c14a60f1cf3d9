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

/** These take minutes and real peers, so they run when they are asked for by name. */
const LONG_SUITES: ReadonlyMap<string, string> = new Map([
  ['compliance', '../compliance.ts'],
  ['alerting-side-by-side', '../alerting-side-by-side.ts'],
]);

export function longSuiteNames(): readonly string[] {
  return [...LONG_SUITES.keys()];
}

export async function loadSuite(name: string): Promise<ConformanceSuite> {
  const path = LONG_SUITES.get(name) ?? `${name}.ts`;
  const module = (await import(resolve(DIR, path))) as { suite: ConformanceSuite };
  return module.suite;
}
