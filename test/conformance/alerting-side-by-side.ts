/**
 * Alerting beside a real Alertmanager: the same alerts to both, real webhooks, what was told compared.
 * `npm run conformance -- alerting-side-by-side` also writes docs/alerting-conformance.md.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { conformancePage } from '../side-by-side/alerting/conformance-page.ts';
import { runAlertScenarios } from '../side-by-side/alerting/run-alerts.ts';
import { runAmtool } from '../side-by-side/alerting/run-amtool.ts';
import { runLifeScenarios } from '../side-by-side/alerting/run-life.ts';
import { runRuleScenarios } from '../side-by-side/alerting/run-rules.ts';
import { alertmanagerVersion } from '../side-by-side/alerting/systems.ts';
import type { ConformanceSuite } from './suite.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/alerting-conformance.md');

export const suite: ConformanceSuite = {
  name: 'alerting-side-by-side',
  caseCount: 52,
  async run(_dir, report) {
    const all = [
      ...(await runAlertScenarios(undefined)),
      ...(await runLifeScenarios(undefined)),
      ...(await runAmtool()),
      ...(await runRuleScenarios()),
    ];
    for (const { id, title, verdict, note } of all) {
      report({ name: `${id} ${title}`, ok: verdict !== 'wrong', got: note });
    }
    writeFileSync(PAGE, conformancePage(all, alertmanagerVersion()));
  },
};
