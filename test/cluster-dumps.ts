/**
 * The recorded pages of a real cluster as a store would have them after some scrapes: with the
 * labels that the collector gives, and counters that go on.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { INGEST_DEFAULTS } from '../collector/ingest/ingest-options.ts';
import { TargetIngest } from '../collector/ingest/target-ingest.ts';
import { Labels } from '../model/labels.ts';
import { TestStore } from '../rules/unit-test/test-store.ts';
import { RecordingSink } from './recording-sink.ts';

export interface DumpPage {
  readonly job: string;
  readonly metricsPath: string;
  readonly body: string;
  /** Of the target, besides job, instance and metrics_path. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Counters grow by this share of their first value from scrape to scrape. */
export const GROWTH_PER_SCRAPE = 0.002;
export const SCRAPE_INTERVAL_MS = 30_000;
const SCRAPES = 6;
export const LAST_SCRAPE_MS = (SCRAPES - 1) * SCRAPE_INTERVAL_MS;
export const DUMP_NODE = 'datagen-1-35';
const CLUSTER = 'c';

const FILES = {
  cadvisor: ['kubelet-cadvisor-1.35.prom', 'kubelet', '/metrics/cadvisor'],
  ksm: ['kube-state-metrics-1.35.prom', 'kube-state-metrics', '/metrics'],
  apiserver: ['apiserver-1.35.prom', 'apiserver', '/metrics'],
  controllerManager: ['kube-controller-manager-1.35.prom', 'kube-controller-manager', '/metrics'],
  scheduler: ['kube-scheduler-1.35.prom', 'kube-scheduler', '/metrics'],
  etcd: ['etcd-1.35.prom', 'etcd', '/metrics'],
  nodeExporter: ['node-exporter-e2e.prom', 'node-exporter', '/metrics'],
} as const satisfies Record<string, readonly [string, string, string]>;

/** @param suites the folder with INDEX.md */
export async function dumpPage(suites: string, dump: keyof typeof FILES): Promise<DumpPage> {
  const [file, job, metricsPath] = FILES[dump];
  const body = await readFile(path.join(suites, 'exposition/dumps', file), 'utf8');
  const isOfNode = job === 'kubelet' || job === 'node-exporter';
  return { job, metricsPath, body, labels: isOfNode ? { node: DUMP_NODE } : {} };
}

/** Scrapes each page at 0, 30 s, … `LAST_SCRAPE_MS`. */
export function storeOfPages(
  pages: readonly DumpPage[],
  cluster = CLUSTER,
  store = new TestStore([]),
): TestStore {
  for (const page of pages) scrape(page, cluster, store);
  return store;
}

function scrape({ job, metricsPath, body, labels }: DumpPage, cluster: string, store: TestStore) {
  const sink = new RecordingSink();
  const own = { job, instance: `${job}:1`, metrics_path: metricsPath, cluster, ...labels };
  const target = new TargetIngest(sink, {
    ...INGEST_DEFAULTS,
    honorTimestamps: false,
    // As with `honor_labels`: what the page says counts.
    mutate: (read) => Labels.fromRecord({ ...own, ...read.toRecord() }),
  });
  const up = store.resolve(Labels.fromRecord({ __name__: 'up', ...own }));
  for (let index = 0; index < SCRAPES; index++) {
    const timeMs = index * SCRAPE_INTERVAL_MS;
    const text = advanced(body, 1 + GROWTH_PER_SCRAPE * index);
    const stats = target.ingest(Buffer.from(text), 'text/plain; version=0.0.4', timeMs);
    if (stats.error !== undefined) throw new Error(`${job}: ${String(stats.error)}`);
    const one = { count: 1, refs: Uint32Array.of(up), timestampsMs: Float64Array.of(timeMs) };
    store.append({ ...one, values: Float64Array.of(1) });
  }
  copySamples(sink, store);
}

const COUNTER_TYPE = /^# TYPE (\S+) (counter|histogram|summary)$/gm;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)( \d+)?$/gm;

/** The page with every counter, bucket, count and sum times `factor`. */
function advanced(body: string, factor: number): string {
  if (factor === 1) return body;
  const counters = new Set<string>();
  for (const [, name, type] of body.matchAll(COUNTER_TYPE)) {
    const suffixes = type === 'counter' ? [''] : ['_bucket', '_count', '_sum'];
    for (const suffix of suffixes) counters.add(`${name}${suffix}`);
  }
  return body.replaceAll(SAMPLE, (line, name: string, labels = '', value: string, time = '') =>
    counters.has(name) ? `${name}${labels} ${Number(value) * factor}${time}` : line,
  );
}

function copySamples(from: RecordingSink, to: TestStore): void {
  for (const [index, labels] of from.labels.entries()) {
    if (labels === undefined) continue;
    const samples = from.samples[index] ?? [];
    const floats = samples.filter(({ value }) => typeof value === 'number');
    const ref = to.resolve(labels);
    to.append({
      count: floats.length,
      refs: new Uint32Array(floats.length).fill(ref),
      timestampsMs: Float64Array.from(floats, ({ timestampMs }) => timestampMs),
      values: Float64Array.from(floats, ({ value }) => Number(value)),
    });
  }
}

/** A sample of a page, read apart from the program's own parsers. */
export interface DumpSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function samplesOf({ body }: Pick<DumpPage, 'body'>): readonly DumpSample[] {
  return [...body.matchAll(SAMPLE)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
        key,
        text,
      ]),
    ),
    value: Number(value),
  }));
}

/** What the kubelet's `/metrics/resource` would say of the containers that cAdvisor knows. */
export function resourcePage(cadvisor: DumpPage): DumpPage {
  const lines = [
    '# TYPE container_cpu_usage_seconds_total counter',
    '# TYPE pod_cpu_usage_seconds_total counter',
    '# TYPE node_cpu_usage_seconds_total counter',
  ];
  const say = (name: string, labels: Readonly<Record<string, string>>, value: number): void => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
    lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  };
  for (const { name, labels, value } of samplesOf(cadvisor)) {
    const quantity = RESOURCES.get(name);
    if (quantity === undefined) continue;
    const { container = '', pod = '', namespace = '', id = '', image = '' } = labels;
    if (container !== '') say(name, { container, namespace, pod }, value);
    else if (pod !== '' && image === '') say(`pod_${quantity}`, { namespace, pod }, value);
    else if (id === '/') say(`node_${quantity}`, {}, value);
  }
  return { ...cadvisor, metricsPath: '/metrics/resource', body: `${lines.join('\n')}\n` };
}

const RESOURCES: ReadonlyMap<string, string> = new Map([
  ['container_cpu_usage_seconds_total', 'cpu_usage_seconds_total'],
  ['container_memory_working_set_bytes', 'memory_working_set_bytes'],
]);

/** What the collector itself says of Pods, here made of kube-state-metrics' page. */
export function ownersPage(ksm: DumpPage): DumpPage {
  const samples = samplesOf(ksm);
  const ownerOf = (name: string, key: string, value: string, namespace: string) =>
    samples.find(
      (one) =>
        one.name === name && one.labels[key] === value && one.labels['namespace'] === namespace,
    )?.labels;
  const lines = samples.flatMap(({ name, labels }) => {
    if (name !== 'kube_pod_info') return [];
    const { namespace = '', pod = '', node = '', uid = '', host_network: host = '' } = labels;
    const owner = ownerOf('kube_pod_owner', 'pod', pod, namespace);
    let { owner_kind: kind = '', owner_name: workload = '' } = owner ?? {};
    const above: Readonly<Record<string, readonly [string, string]>> = {
      ReplicaSet: ['kube_replicaset_owner', 'replicaset'],
      Job: ['kube_job_owner', 'job_name'],
    };
    const [family, key] = above[kind] ?? [];
    const upper = family && key ? ownerOf(family, key, workload, namespace) : undefined;
    if ((upper?.['owner_kind'] ?? '') !== '') {
      kind = upper?.['owner_kind'] ?? '';
      workload = upper?.['owner_name'] ?? '';
    }
    if (kind === '' || kind === 'Node') [kind, workload] = ['Pod', pod];
    const phase = samples.find(
      (one) => one.name === 'kube_pod_status_phase' && one.labels['uid'] === uid && one.value === 1,
    )?.labels['phase'];
    return [
      `wk_pod_workload{namespace="${namespace}",pod="${pod}",uid="${uid}",node="${node}",workload_kind="${kind}",workload="${workload}",host_network="${host}",phase="${phase}"} 1`,
    ];
  });
  return { ...ksm, metricsPath: '/workloads', body: `${lines.join('\n')}\n` };
}

/** The real answers of a cluster, as kube-prometheus scrapes them. */
export const SCRAPED_DUMPS = [
  'cadvisor',
  'ksm',
  'apiserver',
  'controllerManager',
  'scheduler',
  'etcd',
  'nodeExporter',
] as const;
