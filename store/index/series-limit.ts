import { METRIC_NAME } from '../../model/labels.ts';
import { SeriesLimitError } from '../../model/sink.ts';
import type { LabelPairs } from './label-pairs.ts';
import type { Postings } from './postings.ts';
import type { SeriesTable } from './series-table.ts';

interface Culprit {
  readonly labelName: string;
  /** Distinct values of the label among the metric's series. */
  readonly valueCount: number;
}

/** The label with the most distinct values among the series of a metric. */
function findCulprit(
  pairs: LabelPairs,
  table: SeriesTable,
  metricSeries: Uint32Array,
): Culprit | undefined {
  const seen = new Uint8Array(pairs.end);
  const valuesByName = new Map<number, number>();
  for (const ref of metricSeries) {
    const start = table.setStart[ref] as number;
    const page = table.sets.pageOf(start);
    const index = table.sets.indexOf(start);
    const end = index + (table.setLength[ref] as number);
    for (let at = index; at < end; at++) {
      const pair = page[at] as number;
      if (seen[pair] === 1) continue;
      seen[pair] = 1;
      const nameId = pairs.nameId[pair] as number;
      valuesByName.set(nameId, (valuesByName.get(nameId) ?? 0) + 1);
    }
  }
  let culprit: Culprit | undefined;
  for (const name of pairs.names()) {
    const valueCount = valuesByName.get(name.id) ?? 0;
    if (name.name !== METRIC_NAME && valueCount > (culprit?.valueCount ?? 0)) {
      culprit = { labelName: name.name, valueCount };
    }
  }
  return culprit;
}

/**
 * The error of a full index. Finding the culprit walks the metric's series, and a full index
 * refuses every new one of them: the answer is kept until the metric's series change.
 */
export class SeriesLimit {
  seriesMax: number;
  readonly #texts = new Map<number, { readonly version: number; readonly text: string }>();

  constructor(seriesMax: number) {
    this.seriesMax = seriesMax;
  }

  error(
    metricName: string,
    metricPair: number,
    pairs: LabelPairs,
    table: SeriesTable,
    postings: Postings,
  ): SeriesLimitError {
    const version = postings.version(metricPair);
    const known = this.#texts.get(metricPair);
    if (known !== undefined && known.version === version) return new SeriesLimitError(known.text);
    const culprit = findCulprit(pairs, table, postings.view(metricPair));
    const hint =
      culprit === undefined
        ? 'it would be its first series'
        : `its label ${JSON.stringify(culprit.labelName)} has ${culprit.valueCount} values`;
    const text =
      `series limit of ${this.seriesMax} reached: no new series of metric ` +
      `${JSON.stringify(metricName)} (${hint})`;
    if (metricPair !== 0) this.#texts.set(metricPair, { version, text });
    return new SeriesLimitError(text);
  }
}
