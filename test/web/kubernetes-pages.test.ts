/** Journeys over the pages of a real cluster, in a real browser. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOnPath } from '../../bench/process.ts';
import { ApiClient } from '../cluster/api-client.ts';
import { describeWithCluster } from '../cluster/test-cluster.ts';
import { type RunningProgram, runProgram, temporaryDir, until } from '../e2e/run-program.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NAMESPACE = 'wk-web-test';
const POD = 'seen-once';
const POLL = { timeout: 120_000, interval: 500 };
const TIMEOUT = { timeout: 300_000 };
const chromiumPath = findOnPath('chromium') ?? findOnPath('google-chrome');

if (chromiumPath !== undefined) {
  await describeWithCluster('pages of a real cluster', (cluster) => {
    const dir = temporaryDir();
    let browser: Browser;
    let program: RunningProgram;
    let api: ApiClient;
    let page: Page;
    let before: string | undefined;

    beforeAll(async () => {
      execFileSync(process.execPath, [resolve(ROOT, 'web/build.ts')], { cwd: ROOT });
      before = process.env['KUBECONFIG'];
      process.env['KUBECONFIG'] = cluster().kubeconfig;
      api = new ApiClient(cluster().access);
      await removeNamespace();
      const namespace = { metadata: { name: NAMESPACE } };
      await until(
        () => api.text('POST', '/api/v1/namespaces', namespace).catch(() => undefined),
        POLL.timeout,
      );
      program = await runProgram([`--data=${dir.path}`, '--listen=127.0.0.1:0']);
      await until(
        () =>
          api
            .text('POST', `/api/v1/namespaces/${NAMESPACE}/pods`, {
              metadata: { name: POD },
              spec: {
                terminationGracePeriodSeconds: 0,
                containers: [
                  {
                    name: 'app',
                    image: 'watchkeeper.test/busybox:1',
                    imagePullPolicy: 'Never',
                    command: ['sleep', '3600'],
                  },
                ],
              },
            })
            .catch(() => undefined),
        POLL.timeout,
      );
      browser = await chromium.launch({
        executablePath: chromiumPath,
        args: ['--no-sandbox'],
      });
      page = await browser.newPage();
    });
    afterAll(async () => {
      await browser.close();
      await program.stop();
      await removeNamespace();
      await api.close();
      dir.remove();
      if (before === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = before;
    });

    const removeNamespace = () =>
      api.text('DELETE', `/api/v1/namespaces/${NAMESPACE}`).catch(() => undefined);
    /** Reloads until it is there: what was just collected takes a while to be a value. */
    const untilSeen = (text: string) =>
      until(
        async () => {
          const count = await page.getByText(text, { exact: true }).count();
          if (count > 0) return count;
          await page.reload({ waitUntil: 'networkidle' }).catch(() => undefined);
          return undefined;
        },
        POLL.timeout,
        () => `${text} is not on ${page.url()}`,
      );

    test(
      'from the first page to a Pod in three clicks, the time range going along',
      TIMEOUT,
      async () => {
        await page.goto(`${program.url}/?from=now-15m`, { waitUntil: 'networkidle' });
        await page.getByRole('link', { name: 'Pods' }).click();
        await untilSeen(POD);
        await page.getByRole('link', { name: POD, exact: true }).click();

        await expect.poll(() => page.locator('h2').first().textContent(), POLL).toBe(POD);
        await expect.poll(() => page.locator('.wk-chart canvas').count(), POLL).toBeGreaterThan(0);
        expect(new URL(page.url()).searchParams.get('from')).toBe('now-15m');
      },
    );

    test('its events are on its page', TIMEOUT, async () => {
      await page.getByRole('tab', { name: 'Events' }).click();
      await untilSeen('Scheduled');
    });

    test('a Pod that is deleted has its page, with what it was', TIMEOUT, async () => {
      const url = new URL(page.url());
      await api.text('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${POD}`);
      url.searchParams.set('tab', 'object');
      url.searchParams.delete('q');
      await page.goto(url.href, { waitUntil: 'networkidle' });
      await untilSeen('This object was deleted.');

      expect(await page.locator('pre').textContent()).toContain('watchkeeper.test/busybox:1');
    });

    test('what changed on it is told field by field', TIMEOUT, async () => {
      await page.getByRole('tab', { name: 'Changes' }).click();
      const change = page.getByRole('button', { name: /changed/ }).first();
      await expect.poll(() => change.count(), POLL).toBe(1);
      await change.click();

      const field = page.getByText(/^(status|metadata|spec)\b/);
      await expect.poll(() => field.count(), POLL).toBeGreaterThan(0);
    });
  });
}
