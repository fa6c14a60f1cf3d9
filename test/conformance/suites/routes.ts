/** Alertmanager's routing tree. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readRoute } from '../../../config/alertmanager/read-route.ts';
import { formatDurationMs } from '../../../model/duration.ts';
import { compareUtf8, Labels } from '../../../model/labels.ts';
import { Route } from '../../../notify/route.ts';
import { readYaml } from '../../read-yaml.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface RouteCase {
  readonly tree: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly matched?: unknown;
  readonly route_keys?: readonly string[];
  readonly route_labels?: unknown;
  readonly route_ids_in_any_order?: readonly string[];
  readonly group_by_all?: Readonly<Record<string, boolean>>;
}

interface RoutesFile {
  readonly trees: Readonly<Record<string, string>>;
  readonly cases: readonly RouteCase[];
}

export const suite: ConformanceSuite = {
  name: 'routes',
  caseCount: 30,
  async run(dir, report) {
    const text = await readFile(path.join(dir, 'alertmanager/routes.json'), 'utf8');
    const { trees, cases } = JSON.parse(text) as RoutesFile;
    for (const testCase of cases) report(judge(trees[testCase.tree] ?? '', testCase));
  },
};

function judge(tree: string, testCase: RouteCase): CaseResult {
  const config = readYaml(tree, (reader, node) => readRoute(reader, node, 'fallback').config);
  const [expected, got] = answers(new Route(config), testCase).map((part) => JSON.stringify(part));
  const name = `${testCase.tree} ${JSON.stringify(testCase.labels ?? {})}`;
  return { name, ok: got === expected, expected: expected ?? '', got: got ?? '' };
}

/** What is expected, and what we have. */
function answers(root: Route, testCase: RouteCase): readonly [unknown, unknown] {
  const labels = Labels.fromRecord(testCase.labels ?? {});
  if (testCase.route_ids_in_any_order !== undefined) {
    const ids = [...root.walk()].map(({ id }) => id);
    return [[...testCase.route_ids_in_any_order].sort(), ids.sort()];
  }
  if (testCase.group_by_all !== undefined) {
    const [parent] = root.children;
    const nodes = [parent, ...(parent?.children ?? [])];
    return [
      Object.values(testCase.group_by_all),
      nodes.map((node) => node?.options.groupBy === 'all'),
    ];
  }
  const found = root.match(labels);
  if (testCase.route_labels !== undefined) {
    return [sorted(testCase.route_labels), found[0]?.options.labels.toRecord()];
  }
  return [
    [testCase.matched, testCase.route_keys],
    [found.map(describe), found.map(({ key }) => key)],
  ];
}

function sorted(record: unknown): unknown {
  return Object.fromEntries(Object.entries(record as object).sort(([a], [b]) => compareUtf8(a, b)));
}

function describe({ options }: Route): unknown {
  return {
    receiver: options.receiver,
    group_by: options.groupBy === 'all' ? '...' : options.groupBy,
    group_wait: formatDurationMs(options.groupWaitMs),
    group_interval: formatDurationMs(options.groupIntervalMs),
    repeat_interval: formatDurationMs(options.repeatIntervalMs),
  };
}
