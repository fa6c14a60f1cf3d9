/**
 * Object state: the objects of a cluster give the series that kube-state-metrics gave of them. A
 * series with its value is a case, and so is one of ours that the dump does not have; so is the
 * type of a family.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { PrometheusParser } from '../../../collector/exposition/prometheus-parser.ts';
import { chooseFamilies } from '../../../collector/object-state/chosen-families.ts';
import { familyHead, familyLines } from '../../../collector/object-state/exposition.ts';
import type { KubernetesObject } from '../../../kubernetes/kubernetes-object.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

const RESOURCES = ['endpoints', 'namespaces', 'nodes', 'pods', 'services'];

/** What the kube-state-metrics of the dump was told to give. */
const LABELS = { namespaces: ['environment', 'team'], pods: ['environment', 'team'] };
const ANNOTATIONS = { namespaces: ['description', 'owner'], pods: ['description', 'owner'] };

/** Where the dump, which is older, differs from 2.20: a series with its value, and why. */
const EXCEPTIONS: readonly (readonly [RegExp, string])[] = [
  [/"kube_pod_status_reason".* 0$/, 'since 2.20 only a reason that is set has a row'],
  [/"kube_pod_spec_volumes_persistentvolumeclaims_/, 'newer: the label ephemeral'],
  [/"kube_node_spec_pod_cidrs"/, 'newer than the dump'],
];

const NONE = 'no series';

interface Page {
  /** Labels → value. */
  readonly series: Map<string, number>;
  readonly types: Map<string, string>;
}

export const suite: ConformanceSuite = {
  name: 'kubernetes',
  caseCount: 1380,
  run(dir, report) {
    const ours = readPage(ourPage(resolve(dir, 'kubernetes/1.35')));
    const dump = readFileSync(resolve(dir, 'exposition/dumps/kube-state-metrics-1.35.prom'));
    const theirs = ofOurFamilies(readPage(dump), ours);
    compare(theirs.types, ours.types, 'type of ', report);
    compare(theirs.series, ours.series, '', report);
    return Promise.resolve();
  },
};

function ourPage(dir: string): Uint8Array {
  const chosen = chooseFamilies({
    resources: RESOURCES,
    labelsAllowList: LABELS,
    annotationsAllowList: ANNOTATIONS,
    optIn: [],
  });
  let text = '';
  for (const { name, families, labels } of chosen) {
    const file = readFileSync(resolve(dir, `${name}.yaml`), 'utf8');
    const { items } = parse(file) as { items: readonly KubernetesObject[] };
    for (const family of families) {
      text += familyHead(family);
      for (const item of items) text += familyLines(family, item, labels(item));
    }
  }
  return Buffer.from(text);
}

function readPage(body: Uint8Array): Page {
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  const parser = new PrometheusParser(body);
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind === 'type') types.set(parser.familyName, parser.metricType);
    if (kind === 'series') series.set(parser.labels().toString(), parser.value);
  }
  return { series, types };
}

/** The dump has other resources too, of which there are no objects. */
function ofOurFamilies({ series, types }: Page, ours: Page): Page {
  const isOurs = (name: string): boolean => ours.types.has(name);
  const nameOf = (text: string): string => /__name__="([^"]*)"/.exec(text)?.[1] ?? '';
  return {
    series: new Map([...series].filter(([text]) => isOurs(nameOf(text)))),
    types: new Map([...types].filter(([name]) => isOurs(name))),
  };
}

function compare(
  expected: ReadonlyMap<string, number | string>,
  got: ReadonlyMap<string, number | string>,
  prefix: string,
  report: (result: CaseResult) => void,
): void {
  const judge = (name: string, want: string, found: string): void => {
    const result = { name: prefix + name, ok: want === found, expected: want, got: found };
    const text = `${name} ${want === NONE ? found : want}`;
    const skipped = EXCEPTIONS.find(([pattern]) => pattern.test(text))?.[1];
    report(skipped === undefined ? result : { ...result, skipped });
  };
  for (const [name, value] of expected) judge(name, String(value), String(got.get(name) ?? NONE));
  if (prefix !== '') return;
  for (const [name, value] of got) if (!expected.has(name)) judge(name, NONE, String(value));
}
