/** Ends a test run with the one line that people and CI read. */
import type { Reporter, TestModule } from 'vitest/node';

/** In the name of a suite: why its tests are skipped. */
const NOT_RUN = /\[not run: (.*?)\]/;

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    const notRun = new Map<string, number>();
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
        const reason = state === 'skipped' ? NOT_RUN.exec(test.fullName)?.[1] : undefined;
        if (reason !== undefined) notRun.set(reason, (notRun.get(reason) ?? 0) + 1);
      }
      const isBroken = module.state() === 'failed' && failed === before;
      if (isBroken) failed++;
    }
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.on('exit', () => {
      for (const [reason, tests] of notRun) {
        process.stdout.write(`not run: ${tests} tests: ${reason}\n`);
      }
      process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`);
    });
  }
}
