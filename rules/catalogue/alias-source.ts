/** Lets metrics of the catalogue be asked for by the names that other systems give them. */
import { METRIC_NAME } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type {
  SampleSource,
  Selection,
  SelectionEstimate,
  SeriesColumns,
} from '../../model/source.ts';
import { type MetricAlias, TKE_ALIASES } from './catalogue.ts';

/**
 * A source in which `K8sPodCpuCoreUsed` gives the series of `wk_pod_cpu_usage_cores`, under the
 * name that was asked for, unless series are stored under that name itself (rules of TKE may have
 * recorded them). Only a name that is given with `=` is one; all else passes untouched.
 */
export class AliasSource implements SampleSource {
  readonly #source: SampleSource;

  constructor(source: SampleSource) {
    this.#source = source;
  }

  async select(selection: Selection, signal: AbortSignal): Promise<SeriesColumns> {
    const asked = askedAlias(selection.matchers);
    const own = await this.#source.select(selection, signal);
    if (asked === undefined || own.labels.length > 0) return own;
    const columns = await this.#source.select(withoutAlias(selection, asked), signal);
    const { name } = asked;
    // The name is the same for all series, so their order stays.
    return { ...columns, labels: columns.labels.map((one) => one.with(METRIC_NAME, name)) };
  }

  async estimate(selection: Selection, signal: AbortSignal): Promise<SelectionEstimate> {
    const asked = askedAlias(selection.matchers);
    const own = await this.#source.estimate(selection, signal);
    if (asked === undefined || own.seriesCount > 0) return own;
    return this.#source.estimate(withoutAlias(selection, asked), signal);
  }
}

interface AskedAlias extends MetricAlias {
  readonly name: string;
}

function askedAlias(matchers: readonly Matcher[]): AskedAlias | undefined {
  for (const { name, type, value } of matchers) {
    if (name !== METRIC_NAME || type !== '=') continue;
    const alias = TKE_ALIASES.get(value);
    if (alias !== undefined) return { ...alias, name: value };
  }
  return undefined;
}

function withoutAlias(selection: Selection, { name, metric, where }: AskedAlias): Selection {
  const matchers = selection.matchers.map((matcher) =>
    matcher.name === METRIC_NAME && matcher.value === name
      ? new Matcher('=', METRIC_NAME, metric.name)
      : matcher,
  );
  const rows = Object.entries(where).map(([label, value]) => new Matcher('=', label, value));
  return { ...selection, matchers: [...matchers, ...rows] };
}
