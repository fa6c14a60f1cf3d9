/** The comparison of everything that two programs stored, as a table. */
import type { Program } from '../../bench/process.ts';
import { compareDirect, compareMirrored, type JobComparison } from './compare-samples.ts';
import type { Exporter } from './exporters.ts';
import { askApi, labelsKey, readJob, type StoredSeries } from './read-series.ts';

const DIFFERENCES_SHOWN_MAX = 20;
const MINUTE_MS = 60_000;

const HEAD = [
  'job',
  'series ours',
  'theirs',
  'of both',
  'samples ours',
  'theirs',
  'values judged equal',
  'differences',
];

export interface TargetsAnswer {
  readonly activeTargets: readonly {
    readonly scrapePool: string;
    readonly health: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly scrapeUrl: string;
  }[];
}

type MetadataAnswer = Readonly<
  Record<string, readonly { type: string; help: string; unit: string }[]>
>;

/**
 * Compares everything stored in `(startMs, endMs]`, prints it, and the closing line.
 * @returns true when nothing differs
 */
export async function compareAll(
  ours: Program,
  theirs: Program,
  exporters: readonly Exporter[],
  startMs: number,
  endMs: number,
): Promise<boolean> {
  const metadata = await askApi<MetadataAnswer>(theirs.url, 'metadata', {});
  const isCounter = counterTest(metadata);
  let passed = 0;
  const failures: string[] = [];
  const rows: string[][] = [HEAD];
  const judge = (name: string, differences: readonly string[]): void => {
    if (differences.length === 0) passed++;
    else failures.push(...shown(name, differences));
  };
  for (const { job } of exporters) {
    for (const [name, compare] of [
      [job, (a, b) => compareDirect(a, b, isCounter)],
      [`${job}-copy`, compareMirrored],
    ] satisfies [string, (...sides: Sides) => JobComparison][]) {
      const mine = await readJob(ours.url, name, startMs, endMs);
      const other = await readJob(theirs.url, name, startMs, endMs);
      const result = compare(mine, other);
      rows.push(tableRow(name, mine.length, other.length, result));
      judge(name, result.differences);
    }
  }
  judge('metadata', differentMetadata(await askApi(ours.url, 'metadata', {}), metadata));
  judge('targets', await differentTargets(ours.url, theirs.url));
  const minutes = ((endMs - startMs) / MINUTE_MS).toFixed(1);
  console.log(`\n${minutes} minutes from ${new Date(startMs).toISOString()}\n`);
  printTable(rows);
  for (const failure of failures) console.log(failure);
  const failed = rows.length - 1 + 2 - passed;
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

type Sides = [ours: readonly StoredSeries[], theirs: readonly StoredSeries[]];

function tableRow(job: string, mine: number, other: number, result: JobComparison): string[] {
  const numbers = [
    mine,
    other,
    result.seriesOfBoth,
    result.samplesOurs,
    result.samplesTheirs,
    result.valuesEqual,
    result.differences.length,
  ];
  return [job, ...numbers.map(String)];
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(row.map((cell, column) => cell.padStart(widths[column] as number)).join('  '));
  }
  console.log('');
}

function shown(name: string, differences: readonly string[]): string[] {
  const lines = differences.slice(0, DIFFERENCES_SHOWN_MAX).map((text) => `FAIL  ${name} ${text}`);
  const rest = differences.length - lines.length;
  return rest > 0 ? [...lines, `FAIL  ${name} and ${rest} more`] : lines;
}

/** By what the exporters say of their metrics; buckets and counts of a family count too. */
function counterTest(metadata: MetadataAnswer): (metricName: string) => boolean {
  return (metricName) => {
    if (metadata[metricName]?.some(({ type }) => type === 'counter')) return true;
    const family = metricName.replace(/_(bucket|count)$/, '');
    const types = metadata[family]?.map(({ type }) => type) ?? [];
    return family !== metricName && types.some((type) => ['histogram', 'summary'].includes(type));
  };
}

function differentMetadata(ours: MetadataAnswer, theirs: MetadataAnswer): string[] {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const text = (entries: MetadataAnswer[string] | undefined): string =>
    (entries ?? [])
      .map(({ type, help, unit }) => JSON.stringify([type, help, unit]))
      .sort()
      .join(' ');
  return [...names]
    .filter((name) => text(ours[name]) !== text(theirs[name]))
    .map((name) => `${name}: ${text(ours[name])}, not ${text(theirs[name])}`);
}

async function differentTargets(oursUrl: string, theirsUrl: string): Promise<string[]> {
  const texts = async (url: string): Promise<readonly string[]> => {
    const { activeTargets } = await askApi<TargetsAnswer>(url, 'targets', { state: 'active' });
    return activeTargets.map(({ scrapePool, health, labels, scrapeUrl }) =>
      [scrapePool, health, labelsKey(labels), scrapeUrl].join(' '),
    );
  };
  const mine = new Set(await texts(oursUrl));
  const other = new Set(await texts(theirsUrl));
  return [
    ...[...other].filter((text) => !mine.has(text)).map((text) => `we lack ${text}`),
    ...[...mine].filter((text) => !other.has(text)).map((text) => `only we have ${text}`),
  ];
}
