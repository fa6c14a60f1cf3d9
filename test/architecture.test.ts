import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ALL = [
  'model',
  'config',
  'promql',
  'store',
  'kubernetes',
  'collector',
  'rules',
  'notify',
  'api',
  'web',
  'cli',
] as const;

/** Folder → our folders it may import, itself apart (docs/architecture.md). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['model'],
  promql: ['model'],
  store: ['model', 'config'],
  kubernetes: ['model', 'config'],
  collector: ['model', 'config', 'kubernetes'],
  rules: ['model', 'config', 'promql'],
  notify: ['model', 'config'],
  api: ['model', 'config', 'promql', 'store', 'kubernetes', 'collector', 'rules', 'notify'],
  web: ['api', 'model'],
  cli: ALL.filter((folder) => folder !== 'web'),
  test: [...ALL, 'bench'],
  bench: [...ALL, 'test'],
};

const LINES_MAX = 500;
const ROOT = resolve(import.meta.dirname, '..');
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"](\.[^'"]+)['"]/g;

const files = Object.keys(MAY_IMPORT).flatMap((folder) => sourceFiles(folder));

describe('architecture', () => {
  test('finds the source it is to check', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files).toContain('model/labels.ts');
  });

  test.each(files)('%s imports only what its folder may, and fits its limits', (path) => {
    const text = readFileSync(resolve(ROOT, path), 'utf8');
    const folder = path.split('/')[0] as string;
    const allowed = path.endsWith('.test.ts')
      ? [folder, ...(MAY_IMPORT[folder] ?? []), 'test']
      : [folder, ...(MAY_IMPORT[folder] ?? [])];

    for (const [, specifier] of text.matchAll(IMPORT)) {
      const target = relative(ROOT, resolve(ROOT, dirname(path), specifier as string));
      expect(allowed, `${path} → ${target}`).toContain(target.split('/')[0]);
    }
    expect(text.split('\n').length, `${path}: lines`).toBeLessThanOrEqual(LINES_MAX + 1);
    if (path !== 'test/architecture.test.ts') {
      expect(text).not.toMatch(
        /\bFIXME\b|\bTODO\b(?!\(#\d)|\b(?:it|test|describe)\.only\(|export \* from/,
      );
    }
  });
});

function sourceFiles(folder: string): readonly string[] {
  try {
    return readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => `${folder}/${path}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
