/** Reads a file of tests. Fields and defaults are those of promtool's `test rules`. */
import path from 'node:path';
import type { Node } from 'yaml';
import { Problems } from '../../config/config-errors.ts';
import { NodesReadError, nullNode, YamlReader } from '../../config/yaml-reader.ts';
import { YamlSection } from '../../config/yaml-section.ts';
import { decodeYaml, parseYaml, YamlSource } from '../../config/yaml-source.ts';
import { Labels, quoteGo } from '../../model/labels.ts';
import type {
  AlertTest,
  ExpectedAlert,
  ExpectedSample,
  ExprTest,
  InputSeries,
  TestFile,
  TestGroup,
} from './test-file.ts';

const EVALUATION_INTERVAL_MS = 60_000;

const SECONDS = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @throws ConfigErrors with every problem of the file */
export function readTestFile(file: string, bytes: Uint8Array): TestFile {
  const problems = new Problems();
  const text = decodeYaml(file, bytes, problems);
  const read = text === undefined ? undefined : readText(file, text, problems);
  problems.throwIfAny(file);
  // Without one there is a problem, and `throwIfAny` has thrown.
  return read as TestFile;
}

function readText(file: string, text: string, problems: Problems): TestFile | undefined {
  const source = new YamlSource(file, text);
  const document = parseYaml(source, problems);
  if (document === undefined) return undefined;
  const reader = new YamlReader(source, document, problems, path.resolve(path.dirname(file)), {});
  try {
    return readRoot(file, reader, reader.resolve(document.contents) ?? nullNode());
  } catch (error) {
    if (!(error instanceof NodesReadError)) throw error;
    problems.add(error.place, 'yaml: document contains excessive aliasing');
    return undefined;
  }
}

function readRoot(file: string, reader: YamlReader, node: Node): TestFile {
  const section = new YamlSection(reader, node, 'main.unitTestFile');
  const evaluationIntervalMs = section.durationMs('evaluation_interval') || EVALUATION_INTERVAL_MS;
  const groupEvalOrder = section.strings('group_eval_order');
  const repeated = groupEvalOrder.find((name, index) => groupEvalOrder.indexOf(name) < index);
  if (repeated !== undefined) {
    section.problem('group_eval_order', `group name repeated in evaluation order: ${repeated}`);
  }
  const testFile: TestFile = {
    file,
    ruleFiles: section.paths('rule_files'),
    evaluationIntervalMs,
    groupEvalOrder,
    fuzzyCompare: section.boolean('fuzzy_compare'),
    tests: list(section, 'tests', 'main.testGroup', (one) => readGroup(one, evaluationIntervalMs)),
  };
  section.finish();
  return testFile;
}

function readGroup(section: YamlSection, evaluationIntervalMs: number): TestGroup {
  return {
    name: section.string('name'),
    intervalMs: section.durationMs('interval') || evaluationIntervalMs,
    inputSeries: list(section, 'input_series', 'main.series', readSeries),
    alertTests: list(section, 'alert_rule_test', 'main.alertTestCase', readAlertTest),
    exprTests: list(section, 'promql_expr_test', 'main.promqlTestCase', readExprTest),
    externalLabels: Labels.fromRecord(section.stringMap('external_labels')),
    externalUrl: section.string('external_url'),
    startMs: readStart(section),
  };
}

function readStart(section: YamlSection): number {
  const text = section.string('start_timestamp');
  if (text === '') return 0;
  if (SECONDS.test(text)) return Math.round(Number(text) * 1000);
  const timeMs = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  section.problem('start_timestamp', `cannot parse ${quoteGo(text)} to a valid timestamp`);
  return 0;
}

function readSeries(section: YamlSection): InputSeries {
  return { series: section.string('series'), values: section.string('values') };
}

function readAlertTest(section: YamlSection): AlertTest {
  const evalTimeMs = section.durationMs('eval_time');
  const alertName = section.string('alertname');
  const alerts = list(section, 'exp_alerts', 'main.alert', (one): ExpectedAlert => {
    // A test gives the labels of the rule, which the alert's name is not one of.
    const labels = { ...one.stringMap('exp_labels'), alertname: alertName };
    const annotations = one.stringMap('exp_annotations');
    return { labels: Labels.fromRecord(labels), annotations: Labels.fromRecord(annotations) };
  });
  return { evalTimeMs, alertName, alerts };
}

function readExprTest(section: YamlSection): ExprTest {
  return {
    expr: section.string('expr'),
    evalTimeMs: section.durationMs('eval_time'),
    samples: list(
      section,
      'exp_samples',
      'main.sample',
      (one): ExpectedSample => ({
        labels: one.string('labels'),
        value: one.float('value'),
        histogram: one.string('histogram'),
      }),
    ),
  };
}

/** The entries of a list of mappings. */
function list<T>(
  parent: YamlSection,
  name: string,
  goType: string,
  read: (section: YamlSection) => T,
): readonly T[] {
  const nodes = parent.items(name, `[]${goType}`, 'a list') ?? [];
  return nodes.map((node) => {
    const section = new YamlSection(parent.reader, node, goType);
    const value = read(section);
    section.finish();
    return value;
  });
}
