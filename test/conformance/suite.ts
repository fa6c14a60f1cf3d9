/** What a conformance suite is: cases read from a folder, each judged once. */

export interface CaseResult {
  readonly name: string;
  readonly ok: boolean;
  readonly expected?: string;
  readonly got?: string;
  /** Why a case is out of scope; such a case counts as neither passed nor failed. */
  readonly skipped?: string;
}

export interface ConformanceSuite {
  /** As given to `npm run conformance -- <name>`. */
  readonly name: string;
  /** How many cases the suite has in the published folder; another count there is a failure. */
  readonly caseCount: number;
  /** @param dir folder of suites, laid out as the published one */
  run(dir: string, report: (result: CaseResult) => void): Promise<void>;
}
