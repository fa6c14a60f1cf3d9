import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)/g;

const pages = [
  'README.md',
  ...readdirSync(resolve(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
];

describe('documentation', () => {
  test.each(pages)('%s links only to what is there', (page) => {
    const text = readFileSync(resolve(ROOT, page), 'utf8');
    const targets = [...text.matchAll(LINK)].map(([, target]) => target as string);
    const missing = targets.filter(
      (target) => !/^[a-z]+:/.test(target) && !existsSync(resolve(ROOT, dirname(page), target)),
    );

    expect(missing).toEqual([]);
  });
});
