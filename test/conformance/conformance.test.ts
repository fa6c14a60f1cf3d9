import { describe, expect, test } from 'vitest';
import { findSuitesDir, NO_SUITES } from '../suites.ts';
import { loadSuite, suiteNames } from './load-suites.ts';
import type { CaseResult } from './suite.ts';

const MINUTE_MS = 60_000;

const dir = findSuitesDir();

test('the cases are there where CI runs', () => {
  if (process.env['CI'] !== undefined) expect(dir, NO_SUITES).toBeDefined();
});

describe.skipIf(dir === undefined)(
  `conformance${dir === undefined ? `: ${NO_SUITES}` : ''}`,
  () => {
    test.each(suiteNames())(
      '%s: every case in scope passes, none is lost',
      async (name) => {
        const suite = await loadSuite(name);
        const results: CaseResult[] = [];

        await suite.run(dir ?? '', (result) => results.push(result));

        expect(results.filter((r) => r.skipped === undefined && !r.ok)).toEqual([]);
        expect(results.length).toBe(suite.caseCount);
      },
      10 * MINUTE_MS,
    );
  },
);
