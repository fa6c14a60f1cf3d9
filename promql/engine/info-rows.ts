/** `info(v, {…})`: labels of info metrics added to series with the same instance and job. */
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { Evaluation } from './evaluation.ts';
import { lastStepMs } from './grid.ts';
import { InfoJoin, type InfoSeries, NO_SAMPLE } from './info-join.ts';
import { loadedColumns } from './loaded-columns.ts';
import type { InfoNode } from './plan.ts';
import { executionError } from './query-error.ts';
import { countSamples } from './row-size.ts';
import { ABSENT, type RowSource } from './rows.ts';
import { SampleStats } from './sample-stats.ts';
import { SelectorRows } from './selector-rows.ts';

const DEFAULT_INFO_METRIC = 'target_info';
const IDENTIFYING_LABELS = ['instance', 'job'] as const;

export async function infoRows(
  evaluation: Evaluation,
  node: InfoNode,
  rows: RowSource,
  stats: SampleStats,
): Promise<RowSource> {
  const matchers = node.labelMatchers ?? [];
  const nameMatchers = effectiveNameMatchers(matchers.filter((m) => m.name === METRIC_NAME));
  const dataMatchers = matchers.filter((matcher) => matcher.name !== METRIC_NAME);
  const isInfoSeries = rows.labels.map((labels) =>
    nameMatchers.every((matcher) => matcher.matches(labels.get(METRIC_NAME))),
  );
  const info = await loadInfo(
    evaluation,
    node,
    rows,
    isInfoSeries,
    [...dataMatchers, ...nameMatchers],
    stats,
  );
  return new InfoJoin(rows, isInfoSeries, info, dataMatchers, evaluation.context).run();
}

/** Matchers on the name of info metrics; without a positive one, names that end in `_info`. */
function effectiveNameMatchers(matchers: readonly Matcher[]): readonly Matcher[] {
  if (matchers.some(({ type }) => type === '=' || type === '=~')) return matchers;
  if (matchers.length > 0) return [new Matcher('=~', METRIC_NAME, '.+_info'), ...matchers];
  return [new Matcher('=', METRIC_NAME, DEFAULT_INFO_METRIC)];
}

async function loadInfo(
  { source, context }: Evaluation,
  node: InfoNode,
  rows: RowSource,
  isInfoSeries: readonly boolean[],
  matchers: readonly Matcher[],
  stats: SampleStats,
): Promise<InfoSeries> {
  const identifying: Matcher[] = [];
  for (const name of IDENTIFYING_LABELS) {
    const values = new Set<string>();
    rows.labels.forEach((labels, index) => {
      const value = labels.get(name);
      if (value !== '' && isInfoSeries[index] === false) values.add(value);
    });
    if (values.size > 0) identifying.push(oneOf(name, values));
  }
  const { steps } = rows;
  if (identifying.length === 0 || steps === 0) {
    return { labels: [], timesMs: new Float64Array(0) };
  }
  const { grid, atMs, offsetMs, lookbackMs } = node;
  const columns = await source.select(
    {
      matchers: [...identifying, ...matchers],
      startMs: (atMs ?? grid.startMs) - offsetMs - lookbackMs + 1,
      endMs: (atMs ?? lastStepMs(grid)) - offsetMs,
      samplesMax: context.samplesMax,
    },
    context.signal,
  );
  const selector = { grid, atMs, offsetMs, lookbackMs, matchers };
  const info = new SelectorRows(selector, loadedColumns(columns), stats, 'timestamp');
  const timesMs = new Float64Array(info.labels.length * steps).fill(NO_SAMPLE);
  const values = new SelectorRows(selector, loadedColumns(columns), new SampleStats(grid, false));
  await context.inSlices(info.labels.length, (index) => {
    if (values.read(index).histograms?.some((histogram) => histogram !== undefined)) {
      const labels = (info.labels[index] as Labels).toString();
      throw executionError(`this should be an info metric, with float samples: ${labels}`);
    }
    const row = info.read(index);
    context.hold(countSamples(row, steps));
    for (let step = 0; step < steps; step++) {
      if (row.kinds[row.base + step] === ABSENT) continue;
      timesMs[index * steps + step] = (row.values[row.base + step] as number) * 1000;
    }
  });
  return { labels: info.labels, timesMs };
}

function oneOf(name: string, values: ReadonlySet<string>): Matcher {
  const quoted = [...values].map((value) => value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
  return new Matcher('=~', name, quoted.join('|'));
}
