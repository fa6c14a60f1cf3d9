/**
 * What following a large cluster costs: a list of 10,000 Pods (`--quick`: 1,000) into the cache,
 * by pages and by watch-list, and memory per Pod. Where the test cluster is up, also what its API
 * server's answers weigh as JSON and as protobuf, and what reading them takes.
 */
import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Registry } from 'prom-client';
import { DEFAULT_HTTP_CLIENT } from '../config/read-http-client.ts';
import { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import type { ConnectedCluster } from '../kubernetes/connected-cluster.ts';
import type { DefinedAccess } from '../kubernetes/kubeconfig/known-clusters.ts';
import { PODS } from '../kubernetes/resources.ts';
import { ListScanner } from '../kubernetes/watch/list-scanner.ts';
import { ObjectStripper } from '../kubernetes/watch/strip-object.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { LENGTH_DELIMITED, ProtobufError, ProtobufReader } from '../model/protobuf-wire.ts';
import { scalePod } from '../test/cluster/scale-objects.ts';
import { kubeconfigPath, mainControlPlane } from '../test/cluster/settings.ts';
import { machineLine, printTable, spread } from './table.ts';

const PODS_COUNT = 10_000;
const PODS_QUICK = 1_000;
const PAGE = 500;
const ROUNDS = 41;
/** Written by the server in one go, so that it does not itself keep others waiting. */
const BATCH = 50;
const TEMPLATES_MAX = 500;
const MAGIC_BYTES = 4;

type Pod = Record<string, unknown> & { metadata: Record<string, unknown> };

export async function run(isQuick: boolean): Promise<void> {
  console.log(machineLine());
  const path = kubeconfigPath(mainControlPlane());
  const real = existsSync(path) ? connectReal(path) : undefined;
  try {
    const templates = real === undefined ? undefined : await realPods(real.cluster);
    if (real !== undefined && templates !== undefined)
      await compareEncodings(real.cluster, templates);
    const pods = manyPods(templates, isQuick ? PODS_QUICK : PODS_COUNT);
    measureMemory(pods);
    await measureSync(pods);
  } finally {
    real?.clusters.close();
  }
}

function connectReal(path: string) {
  const access = { kind: 'kubeconfig', files: [path], context: '', execPlugins: true } as const;
  return connect(access);
}

function connect(access: DefinedAccess) {
  const clusters = new ConnectedClusters({
    clock: SYSTEM_CLOCK,
    random: Math.random,
    env: process.env,
    logger: SILENT_LOGGER,
    registry: new Registry(),
  });
  const discovery = { annotations: false, operator: false, operatorFiles: false };
  clusters.apply([{ name: 'c', access, namespaces: [], discovery, origin: 'configuration' }]);
  return { clusters, cluster: clusters.list()[0] as ConnectedCluster };
}

async function realPods(cluster: ConnectedCluster): Promise<readonly Pod[]> {
  const { items } = await cluster.json<{ items: Pod[] }>({
    path: `/api/v1/pods?limit=${TEMPLATES_MAX}`,
  });
  return items;
}

/** Pods that differ in what differs between Pods. */
function manyPods(templates: readonly Pod[] | undefined, count: number): readonly string[] {
  const nowIso = new Date().toISOString();
  return Array.from({ length: count }, (_, i) => {
    const pod =
      templates === undefined
        ? (scalePod(i, { nodes: 100, pods: count }, `uid-${i % 500}`, nowIso) as unknown as Pod)
        : (structuredClone(templates[i % templates.length]) as Pod);
    Object.assign(pod.metadata, {
      name: `${String(pod.metadata['name'])}-${i}`,
      uid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      resourceVersion: String(1000 + i),
    });
    return JSON.stringify(pod);
  });
}

function measureMemory(texts: readonly string[]): void {
  const source = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const stripper = new ObjectStripper();
  const parsed = heapPerObject(texts, (text) => JSON.parse(text) as Pod);
  const kept = heapPerObject(texts, (text) => {
    return stripper.strip(JSON.parse(text) as Pod, 'Pod') as Pod;
  });
  printTable(
    'Memory of one Pod',
    ['as', 'bytes'],
    [
      ['JSON from the API server', source.toFixed(0)],
      ['parsed, whole', parsed.toFixed(0)],
      ['in the cache', kept.toFixed(0)],
    ],
  );
}

function heapPerObject(texts: readonly string[], make: (text: string) => Pod): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  const before = process.memoryUsage().heapUsed;
  const objects = new Map(texts.map((text, i) => [`namespace/pod-${i}`, make(text)]));
  gc();
  const bytes = (process.memoryUsage().heapUsed - before) / objects.size;
  objects.clear();
  return bytes;
}

async function measureSync(pods: readonly string[]): Promise<void> {
  const rows: string[][] = [];
  for (const way of ['watch-list', 'pages'] as const) {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://server');
      if (url.pathname === '/version') return void response.end('{"gitVersion":"v1.34.0"}');
      const isWatch = url.searchParams.has('watch');
      if (isWatch && url.searchParams.has('sendInitialEvents')) {
        if (way === 'pages') return void response.writeHead(422).end('{}');
        sendInitialEvents(response, pods, 0);
      } else if (isWatch) response.writeHead(200).flushHeaders();
      else {
        const from = Number(url.searchParams.get('continue') ?? 0);
        const next = from + PAGE < pods.length ? String(from + PAGE) : '';
        const items = pods.slice(from, from + PAGE).join(',');
        const metadata = JSON.stringify({ resourceVersion: '9', continue: next });
        response.end(`{"kind":"PodList","metadata":${metadata},"items":[${items}]}`);
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const access = { kind: 'server', url, httpClient: DEFAULT_HTTP_CLIENT } as const;
    const { clusters, cluster } = connect(access);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const startMs = performance.now();
    await new Promise<void>((synced) => {
      cluster.objects(PODS).subscribe({
        added: () => undefined,
        modified: () => undefined,
        deleted: () => undefined,
        synced,
      });
    });
    const tookMs = performance.now() - startMs;
    delay.disable();
    rows.push([
      way,
      tookMs.toFixed(0),
      (delay.max / 1e6).toFixed(0),
      (delay.percentile(99) / 1e6).toFixed(0),
    ]);
    clusters.close();
    server.closeAllConnections();
    server.close();
  }
  printTable(
    `${pods.length} Pods into the cache, server in the same process`,
    ['by', 'ms', 'longest wait of others, ms', 'p99, ms'],
    rows,
  );
}

function sendInitialEvents(response: ServerResponse, pods: readonly string[], from: number): void {
  for (const pod of pods.slice(from, from + BATCH)) {
    response.write(`{"type":"ADDED","object":${pod}}\n`);
  }
  if (from + BATCH < pods.length) {
    setImmediate(() => sendInitialEvents(response, pods, from + BATCH));
    return;
  }
  const end = { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } };
  response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata: end } })}\n`);
}

async function compareEncodings(cluster: ConnectedCluster, pods: readonly Pod[]): Promise<void> {
  const rows: string[][] = [];
  const ways = [
    ['JSON', 'application/json', ''],
    ['JSON, gzip', 'application/json', 'gzip'],
    ['protobuf', 'application/vnd.kubernetes.protobuf', ''],
  ] as const;
  for (const [name, accept, encoding] of ways) {
    const answerMs: number[] = [];
    const readMs: number[] = [];
    const shape: Shape = { isText: false, fields: new Map() };
    let bytes: Uint8Array = new Uint8Array();
    for (let round = 0; round < ROUNDS; round++) {
      const startMs = performance.now();
      const response = await cluster.request({
        path: `/api/v1/pods?limit=${TEMPLATES_MAX}`,
        headers: { accept, ...(encoding === '' ? {} : { 'accept-encoding': encoding }) },
      });
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      answerMs.push(performance.now() - startMs);
      bytes = Buffer.concat(chunks);
      if (name === 'protobuf') learn(new ProtobufReader(bytes, MAGIC_BYTES), shape, 0);
      const readStartMs = performance.now();
      if (name === 'protobuf') visit(new ProtobufReader(bytes, MAGIC_BYTES), shape);
      else readList(bytes);
      readMs.push(performance.now() - readStartMs);
    }
    rows.push([
      name,
      (bytes.length / pods.length).toFixed(0),
      spread(answerMs).median.toFixed(1),
      ((spread(readMs).median * 1000) / pods.length).toFixed(0),
    ]);
  }
  printTable(
    `A page of ${pods.length} Pods from a real API server`,
    ['as', 'bytes a Pod, unpacked', 'answer, ms', 'reading, µs a Pod'],
    rows,
  );
}

function readList(bytes: Uint8Array): void {
  const scanner = new ListScanner(() => undefined);
  scanner.push(bytes);
  scanner.end();
}

/** What is known of a field: whether it is a message, and of which fields. */
interface Shape {
  isText: boolean;
  readonly fields: Map<number, Shape>;
}

const DEPTH_MAX = 12;

/**
 * Without a schema a message and a text look alike: what reads as a message wherever it occurs is
 * taken for one.
 */
function learn(reader: ProtobufReader, shape: Shape, depth: number): void {
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag % 8 !== LENGTH_DELIMITED) {
      reader.skip(tag);
      continue;
    }
    const value = reader.readBytes();
    const field = shape.fields.get(tag) ?? { isText: depth === DEPTH_MAX, fields: new Map() };
    shape.fields.set(tag, field);
    if (field.isText) continue;
    try {
      learn(new ProtobufReader(value), field, depth + 1);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      field.isText = true;
    }
  }
}

/** The least that a decoder does: every field visited, every text made; no objects. */
function visit(reader: ProtobufReader, shape: Shape): number {
  let count = 0;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag % 8 !== LENGTH_DELIMITED) {
      reader.skip(tag);
      continue;
    }
    const field = shape.fields.get(tag);
    if (field === undefined || field.isText) {
      count += reader.readString().length;
      continue;
    }
    const outerEnd = reader.enter();
    count += visit(reader, field);
    reader.leave(outerEnd);
  }
  return count;
}
