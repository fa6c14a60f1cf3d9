import { defineConfig } from 'vitest/config';

/** chDB holds one data directory per process, so every file runs in a fork of its own. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    setupFiles: ['./test/fuzz-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    reporters: ['default', './test/closing-line-reporter.ts'],
    hookTimeout: 120_000,
    env: { TZ: 'UTC' },
  },
});
