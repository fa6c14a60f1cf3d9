import { describe, expect, test } from 'vitest';
import { suitesDir } from '../suites.ts';
import { loadSuite, suiteNames } from './load-suites.ts';
import type { CaseResult } from './suite.ts';

const MINUTE_MS = 60_000;

describe('conformance', () => {
  test.each(suiteNames())(
    '%s: every case in scope passes, none is lost',
    async (name) => {
      const suite = await loadSuite(name);
      const results: CaseResult[] = [];

      await suite.run(suitesDir(), (result) => results.push(result));

      expect(results.filter((r) => r.skipped === undefined && !r.ok)).toEqual([]);
      expect(results.length).toBe(suite.caseCount);
    },
    10 * MINUTE_MS,
  );
});
