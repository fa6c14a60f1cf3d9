/** Joins series with the info series that describe their target. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { EvalContext } from './eval-context.ts';
import { executionError } from './query-error.ts';
import { RowCollector } from './row-collector.ts';
import { countSamples } from './row-size.ts';
import { ABSENT, type RowSource } from './rows.ts';

/** In place of the time of a sample that is not there. */
export const NO_SAMPLE = -Infinity;

export interface InfoSeries {
  readonly labels: readonly Labels[];
  /** The time in ms of the sample of series i seen at step k: entry `i · steps + k`. */
  readonly timesMs: Float64Array;
}

const NONE = -1;

export class InfoJoin {
  readonly #rows: RowSource;
  readonly #isInfoSeries: readonly boolean[];
  readonly #info: InfoSeries;
  readonly #dataMatchers: readonly Matcher[];
  readonly #dataNames: ReadonlySet<string>;
  readonly #context: EvalContext;
  /** By info metric and target: the info series that counts at each step, or NONE. */
  readonly #newest = new Map<string, Int32Array>();
  readonly #infoNames: readonly string[];

  constructor(
    rows: RowSource,
    isInfoSeries: readonly boolean[],
    info: InfoSeries,
    dataMatchers: readonly Matcher[],
    context: EvalContext,
  ) {
    this.#rows = rows;
    this.#isInfoSeries = isInfoSeries;
    this.#info = info;
    this.#dataMatchers = dataMatchers;
    this.#dataNames = new Set(dataMatchers.map(({ name }) => name));
    this.#context = context;
    this.#infoNames = [...new Set(info.labels.map((labels) => labels.get(METRIC_NAME)))];
    info.labels.forEach((labels, index) => this.#rank(labels, index));
  }

  /** Of info series for the same target the one with the newest sample counts. */
  #rank(labels: Labels, index: number): void {
    const { steps } = this.#rows;
    const { timesMs } = this.#info;
    const key = targetKey(labels.get(METRIC_NAME), labels);
    let newest = this.#newest.get(key);
    if (newest === undefined) {
      newest = new Int32Array(steps).fill(NONE);
      this.#newest.set(key, newest);
    }
    for (let step = 0; step < steps; step++) {
      const timeMs = timesMs[index * steps + step] as number;
      if (timeMs === NO_SAMPLE) continue;
      const earlier = newest[step] as number;
      const earlierMs = earlier === NONE ? NO_SAMPLE : (timesMs[earlier * steps + step] as number);
      if (timeMs === earlierMs) {
        const existing = this.#info.labels[earlier]?.toString() ?? '';
        throw executionError(
          `found duplicate series for info metric: existing ${existing} @ ${earlierMs}, new ${labels.toString()} @ ${timeMs}`,
        );
      }
      if (timeMs > earlierMs) newest[step] = index;
    }
  }

  async run(): Promise<RowSource> {
    const rows = this.#rows;
    const { steps } = rows;
    const collector = new RowCollector(steps, this.#context.modes);
    await this.#context.inSlices(rows.labels.length, (index) => {
      const row = rows.read(index);
      this.#context.hold(countSamples(row, steps));
      const labels = rows.labels[index] as Labels;
      const dropsName = rows.dropsName[index] === 1;
      const infos = this.#infoNames.map((name) => this.#newest.get(targetKey(name, labels)));
      const targetOf = new Map<string, number | undefined>();
      for (let step = 0; step < steps; step++) {
        if (row.kinds[row.base + step] === ABSENT) continue;
        const isLeftAlone = this.#isInfoSeries[index] === true;
        const chosen = isLeftAlone ? [] : infos.map((newest) => newest?.[step] ?? NONE);
        const key = chosen.join();
        if (!targetOf.has(key)) {
          const enriched = isLeftAlone ? labels : this.#enrich(labels, chosen);
          targetOf.set(key, enriched && collector.rowFor(enriched, dropsName));
        }
        const target = targetOf.get(key);
        if (target !== undefined) collector.copyCell(target, step, row);
      }
    });
    return collector.block;
  }

  /** @returns undefined when the series is not to be in the result */
  #enrich(base: Labels, chosen: readonly number[]): Labels | undefined {
    const added = new Map<string, string>();
    let hasInfo = false;
    for (const index of chosen) {
      const info = this.#info.labels[index];
      if (info === undefined) continue;
      hasInfo = true;
      for (const [name, value] of info.entries()) {
        if (name === METRIC_NAME) continue;
        if (this.#dataNames.size > 0 && !this.#dataNames.has(name)) continue;
        const other = added.get(name);
        if (other !== undefined && other !== value) {
          throw executionError(`conflicting label: ${name}`);
        }
        if (!base.has(name)) added.set(name, value);
      }
    }
    // Without an info series its labels are empty, which the matchers have to allow.
    if (!hasInfo && !this.#dataMatchers.every((matcher) => matcher.matchesEmpty)) return undefined;
    if (added.size === 0) return base;
    return Labels.fromEntries([...base.entries(), ...added]);
  }
}

function targetKey(infoName: string, labels: Labels): string {
  return [infoName, labels.get('instance'), labels.get('job')].join('\uffff');
}
