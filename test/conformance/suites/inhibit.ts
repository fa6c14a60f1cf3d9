/** Alertmanager's inhibition. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readInhibitRules } from '../../../config/alertmanager/read-inhibit-rules.ts';
import { readItems } from '../../../config/yaml-section.ts';
import type { Alert } from '../../../model/alert.ts';
import { alertFingerprint } from '../../../model/alert-fingerprint.ts';
import { Labels } from '../../../model/labels.ts';
import { Inhibitor } from '../../../notify/inhibitor.ts';
import { readYaml } from '../../read-yaml.ts';
import type { ConformanceSuite } from '../suite.ts';

type LabelRecord = Readonly<Record<string, string>>;

interface InhibitCase {
  readonly test: string;
  readonly name?: string;
  readonly rules: readonly unknown[];
  readonly active_alerts: readonly LabelRecord[];
  readonly resolved_alerts: readonly LabelRecord[];
  readonly target: LabelRecord;
  readonly inhibited: boolean;
}

const NOW_MS = 10_000;

export const suite: ConformanceSuite = {
  name: 'inhibit',
  caseCount: 26,
  async run(dir, report) {
    const text = await readFile(path.join(dir, 'alertmanager/inhibit.json'), 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly InhibitCase[] };
    for (const testCase of cases) {
      const sources = inhibitorsOf(testCase);
      const name = `${testCase.test} ${testCase.name ?? JSON.stringify(testCase.target)}`;
      report({ name, ok: sources.length > 0 === testCase.inhibited, got: sources.join() });
    }
  },
};

function inhibitorsOf(testCase: InhibitCase): readonly string[] {
  // JSON is YAML.
  const rules = readYaml(JSON.stringify(testCase.rules), (reader, node) => {
    return readInhibitRules(reader, readItems(reader, node, '', ''), 'fallback');
  });
  const inhibitor = new Inhibitor(rules);
  const put = (record: LabelRecord, endsAtMs: number): void => {
    const alert = alertOf(record, endsAtMs);
    inhibitor.put(alertFingerprint(alert.labels), alert);
  };
  for (const record of testCase.active_alerts) put(record, NOW_MS + 1);
  for (const record of testCase.resolved_alerts) put(record, NOW_MS);
  return inhibitor.inhibitedBy(Labels.fromRecord(testCase.target), NOW_MS);
}

function alertOf(record: LabelRecord, endsAtMs: number): Alert {
  return {
    labels: Labels.fromRecord(record),
    annotations: Labels.EMPTY,
    startsAtMs: 0,
    endsAtMs,
    generatorUrl: '',
    updatedAtMs: 0,
    timesOut: false,
  };
}
