import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGE_PATHS } from '../../api/web/web-app-routes.ts';
import { findOnPath } from '../../bench/process.ts';
import { type RunningProgram, runProgram, temporaryDir } from '../e2e/run-program.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OPENINGS_MAX = 5;
const POLL = { timeout: 30_000, interval: 200 };
const chromiumPath = findOnPath('chromium') ?? findOnPath('google-chrome');
const missing = chromiumPath === undefined ? ' (not run: chromium is not on PATH)' : '';

describe.skipIf(chromiumPath === undefined)(`web pages${missing}`, () => {
  const dir = temporaryDir();
  let browser: Browser;
  let program: RunningProgram;

  beforeAll(async () => {
    execFileSync(process.execPath, [resolve(ROOT, 'web/build.ts')], { cwd: ROOT });
    program = await runProgram([`--data=${dir.path}`, '--listen=127.0.0.1:0']);
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await program.stop();
    dir.remove();
  });

  /** A page, and what it complained of: errors, refused policies, answers of 400 and more. */
  async function openPage(path: string, locale = 'en-US') {
    const page = await browser.newPage({ locale });
    const complaints: string[] = [];
    let isDisturbed = false;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    // Interfaces of containers come and go on a machine that runs a test cluster, and a browser
    // gives up its requests then: not the page's fault, so it is opened again.
    page.on('requestfailed', (request) => {
      isDisturbed ||= request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED';
    });
    for (let tries = 0; tries < OPENINGS_MAX; tries++) {
      isDisturbed = false;
      complaints.length = 0;
      await page.goto(`${program.url}${path}`, { waitUntil: 'networkidle' }).catch((error) => {
        if (!isDisturbed) throw error;
      });
      if (!isDisturbed) break;
    }
    return { page, complaints };
  }

  async function violations(page: Page): Promise<readonly string[]> {
    // Past the page's policy, which lets nobody add a script.
    await page.evaluate(AXE);
    const found = (await page.evaluate(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })`,
    )) as { violations: { id: string; nodes: { html: string }[] }[] };
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  }

  test.each(PAGE_PATHS)(
    '%s opens without a complaint and can be used by everyone',
    async (path) => {
      const { page, complaints } = await openPage(path);

      expect(await page.locator('h2').first().textContent()).not.toBe('');
      expect(complaints).toEqual([]);
      expect(await violations(page)).toEqual([]);
      await page.close();
    },
  );

  test('an expression is run, its values are in the table, and the URL brings them back', async () => {
    const { page, complaints } = await openPage('/explore');
    await page.locator('.cm-content').click();
    await page.keyboard.type('scrape_samples_scraped{job="watchkeeper"}');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Table' }).click();
    const row = page.getByRole('row', { name: /scrape_samples_scraped/ });
    await expect.poll(() => row.count(), POLL).toBe(1);

    expect(new URL(page.url()).searchParams.get('g0.expr')).toBe(
      'scrape_samples_scraped{job="watchkeeper"}',
    );
    await page.reload({ waitUntil: 'networkidle' });
    expect(await row.count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("Prometheus' own links land, with their expression", async () => {
    const { page } = await openPage('/graph?g0.expr=up&g0.tab=1');

    expect(new URL(page.url()).pathname).toBe('/explore');
    await expect.poll(() => page.locator('.cm-content').textContent(), POLL).toBe('up');
    await page.close();
  });

  test('a file that is not there is not found', async () => {
    const response = await fetch(`${program.url}/assets/none.js`);

    expect(response.status).toBe(404);
  });

  test('an expression that is wrong says why where it was asked', async () => {
    const { page } = await openPage('/explore?g0.expr=sum(');

    await expect
      .poll(() => page.getByRole('alert').first().textContent(), POLL)
      .toContain('parse error');
    await page.close();
  });

  test('a Chinese browser reads Chinese', async () => {
    const { page } = await openPage('/targets', 'zh-CN');

    expect(await page.locator('h2').first().textContent()).toBe('采集目标');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.close();
  });
});
