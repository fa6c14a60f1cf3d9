/** Ends a test run with the one line that people and CI read. */
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
      }
      const isBroken = module.state() === 'failed' && failed === before;
      if (isBroken) failed++;
    }
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.on('exit', () => {
      process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`);
    });
  }
}
