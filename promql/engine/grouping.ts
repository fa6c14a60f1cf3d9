/** Which group of an aggregation each series belongs to. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { isMetadataLabel } from './metadata-labels.ts';
import type { RowSource } from './rows.ts';

export interface Groups {
  /** Group of each series. */
  readonly groupOf: Int32Array;
  /** Labels of each group, in order of its first series. */
  readonly labels: readonly Labels[];
}

export interface Grouping {
  readonly labelNames: readonly string[];
  readonly without: boolean;
}

export function groupSeries(rows: RowSource, grouping: Grouping): Groups {
  const isBlindToMetadata = !grouping.without && !grouping.labelNames.some(isMetadataLabel);
  return groupLabelSets(isBlindToMetadata ? rows.fullLabels : rows.labels, grouping);
}

function groupLabelSets(series: readonly Labels[], grouping: Grouping): Groups {
  const groupOf = new Int32Array(series.length);
  if (!grouping.without && grouping.labelNames.length === 0) {
    return { groupOf, labels: series.length === 0 ? [] : [Labels.EMPTY] };
  }
  const labels: Labels[] = [];
  const indexOf = new Map<string, number>();
  const keyOf = keyFunction(grouping);
  for (let index = 0; index < series.length; index++) {
    const seriesLabels = series[index] as Labels;
    const key = keyOf(seriesLabels);
    let group = indexOf.get(key);
    if (group === undefined) {
      group = labels.length;
      indexOf.set(key, group);
      labels.push(groupLabels(seriesLabels, grouping));
    }
    groupOf[index] = group;
  }
  return { groupOf, labels };
}

/** Texts that are equal exactly for series of one group. */
function keyFunction({ labelNames, without }: Grouping): (labels: Labels) => string {
  if (without) {
    const dropped = new Set([...labelNames, METRIC_NAME]);
    return (labels) => keyWithout(labels, dropped);
  }
  return keyOfLabels(labelNames);
}

/** Texts that are equal exactly for series with equal values of the labels. */
export function keyOfLabels(names: readonly string[]): (labels: Labels) => string {
  const [first, ...others] = names.map(labelReader);
  if (first === undefined) return () => '';
  return (labels) => {
    let key = first(labels);
    for (const read of others) key += `\uffff${read(labels)}`;
    return key;
  };
}

/** Reads one label of many series; it looks first where the label was in the series before. */
function labelReader(name: string): (labels: Labels) => string {
  let place = 0;
  return ({ pairs }) => {
    if (pairs[place] === name) return pairs[place + 1] as string;
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at] !== name) continue;
      place = at;
      return pairs[at + 1] as string;
    }
    return '';
  };
}

export function keyWithout({ pairs }: Labels, dropped: ReadonlySet<string>): string {
  if (dropped.size === 1 && pairs[0] === METRIC_NAME && dropped.has(METRIC_NAME)) {
    return pairs.slice(2).join('\uffff');
  }
  let key = '';
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] as string;
    if (dropped.has(name)) continue;
    if (key !== '') key += '\uffff';
    key += `${name}\uffff${pairs[at + 1] as string}`;
  }
  return key;
}

export function groupLabels(labels: Labels, { labelNames, without }: Grouping): Labels {
  if (without) return labels.without(new Set([...labelNames, METRIC_NAME]));
  return labels.only(new Set(labelNames));
}
