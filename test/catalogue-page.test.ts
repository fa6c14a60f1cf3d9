import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE_PAGE, cataloguePage } from './catalogue-page.ts';

test('docs/catalogue.md has the tables of the catalogue (else: node test/catalogue-page.ts)', () => {
  const page = readFileSync(CATALOGUE_PAGE, 'utf8');
  expect(page).toBe(cataloguePage(page));
});
