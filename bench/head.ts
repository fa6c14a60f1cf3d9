/**
 * By hand: `node --expose-gc bench/head.ts [series]`. Speed and memory of index and head on values
 * mixed like a node exporter's: half constant, counters, CPU seconds, bytes, random doubles.
 */
import { Labels } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { Head } from '../store/head/head.ts';
import { SeriesIndex } from '../store/index/series-index.ts';

const SERIES = Number(process.argv[2] ?? 1_000_000);
const COLUMNS = 1000;
const TARGETS = SERIES / COLUMNS;
const ROWS = 40;
const STEP_MS = 15_000;
const START_MS = 1_700_000_000_000;

function seconds(work: () => void): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) / 1000;
}

function memoryBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function report(what: string, count: number, took: number, unit: string): void {
  const rate = count / took / 1e6;
  console.log(`${what.padEnd(44)} ${rate.toFixed(2).padStart(8)} M ${unit}/s`);
}

function labelsOf(target: number, metric: number): Labels {
  return Labels.fromSortedPairs([
    '__name__',
    `container_metric_number_${metric}_total`,
    'cluster',
    'production',
    'container',
    `container-${target % 20}`,
    'id',
    `/kubepods/burstable/pod${target}-abcdef-123456/${target * 7919}`,
    'image',
    `registry.example.org/team/app-${target % 100}:v1.2.${target % 7}`,
    'instance',
    `10.0.${(target >> 8) & 255}.${target & 255}:10250`,
    'job',
    'kubelet',
    'namespace',
    `namespace-${target % 50}`,
    'node',
    `node-${target % 100}.example.org`,
    'pod',
    `application-${target % 100}-7d9c8b6f5-${target}`,
  ]);
}

/** The next scrape of a target, in place. */
function advance(values: Float64Array, row: number): void {
  for (let column = 0; column < COLUMNS; column++) {
    const kind = column % 10;
    const before = values[column] as number;
    if (kind < 5) {
      if (row === 0) values[column] = (column * 7919) % 1000;
    } else if (kind < 7) values[column] = before + Math.floor(Math.random() * 1500);
    else if (kind === 7) values[column] = Math.round((before + Math.random() * 3) * 100) / 100;
    else if (kind === 8) values[column] = 4e9 + Math.floor(Math.random() * 1e6) * 4096;
    else values[column] = Math.random();
  }
}

const emptyBytes = memoryBytes();
const index = new SeriesIndex({ seriesMax: SERIES });
const took = seconds(() => {
  for (let target = 0; target < TARGETS; target++) {
    for (let metric = 0; metric < COLUMNS; metric++) index.resolve(labelsOf(target, metric));
  }
});
report('resolve, new series (labels made too)', SERIES, took, 'series');
console.log(`index: ${((memoryBytes() - emptyBytes) / SERIES).toFixed(0)} bytes per series`);

const known = Array.from({ length: 100_000 }, (_, n) => labelsOf(n % TARGETS, n % COLUMNS));
const resolved = seconds(() => {
  for (const labels of known) index.resolve(labels);
});
report('resolve, known series', known.length, resolved, 'series');

const metric = [new Matcher('=', '__name__', 'container_metric_number_7_total')];
const matched = [...metric, new Matcher('=~', 'pod', 'application-1.*')];
for (const matchers of [metric, matched]) {
  for (const turn of ['first', 'again']) {
    const found = { count: 0 };
    const ms = seconds(() => {
      found.count = index.selectSorted(matchers).length;
    });
    console.log(`${turn} {${matchers.join()}}: ${found.count} in ${(ms * 1000).toFixed(2)} ms`);
  }
}

const head = new Head(index, { bytesMax: 2 ** 31, exemplarsMax: 0, outOfOrderWindowMs: 0 });
const targets = Array.from({ length: TARGETS }, (_, target) => {
  const writer = head.openScrapeWriter();
  writer.setLayout(Uint32Array.from({ length: COLUMNS }, (__, n) => 1 + target * COLUMNS + n));
  return { writer, values: new Float64Array(COLUMNS) };
});
let appendSeconds = 0;
let drainSeconds = 0;
for (let row = 0; row < ROWS; row++) {
  for (const { values } of targets) advance(values, row);
  appendSeconds += seconds(() => {
    for (const { writer, values } of targets) writer.appendRow(START_MS + row * STEP_MS, values);
  });
  drainSeconds += seconds(() => head.drain());
}
report('appendRow, packing included', SERIES * ROWS, appendSeconds, 'samples');
report('drain', SERIES * ROWS, drainSeconds, 'samples');
console.log(`head: ${(head.bytes / SERIES / ROWS).toFixed(2)} bytes per sample`);
console.log(
  `process: ${((memoryBytes() - emptyBytes) / SERIES).toFixed(0)} bytes per series in all`,
);
console.log(`resident: ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`);

const SELECTED = Math.min(12_500, SERIES);
const refs = Uint32Array.from(
  { length: SELECTED },
  (_, n) => 1 + (n % TARGETS) * COLUMNS + Math.floor(n / TARGETS),
);
for (let turn = 0; turn < 8; turn++) {
  let count = 0;
  const selected = seconds(() => {
    count = head.select(refs, START_MS, START_MS + ROWS * STEP_MS, 1e9).values.length;
  });
  report(`select ${SELECTED} series × ${ROWS}`, count, selected, 'samples');
}
