/** From what discovery found to the labels of a target: defaults, relabelling, checks. */
import type { ScrapeConfig } from '../../config/types.ts';
import { DurationError, formatDurationMs, parseDurationMs } from '../../model/duration.ts';
import { Labels, quoteGo } from '../../model/labels.ts';
import { LabelBuilder } from '../relabel/label-builder.ts';
import type { Relabeler } from '../relabel/relabeler.ts';
import { PARAM_LABEL_PREFIX } from './target-url.ts';

export const NATIVE_HISTOGRAMS_LABEL = '__scrape_native_histograms__';
export const CLASSIC_HISTOGRAMS_LABEL = '__always_scrape_classic_histograms__';
export const CONVERT_TO_NHCB_LABEL = '__convert_classic_histograms_to_nhcb__';

/** A target that cannot be: the text is Prometheus'. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** A target's labels, `__…` ones included, meta labels not. */
export interface PopulatedLabels {
  readonly labels: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** What is known before relabelling: the target's own labels win, then the group's, then ours. */
export function discoveredLabels(
  config: ScrapeConfig,
  targetLabels: Labels,
  groupLabels: Labels,
): Labels {
  const builder = new LabelBuilder(targetLabels);
  for (const [name, value] of groupLabels.entries()) {
    if (builder.get(name) === '') builder.set(name, value);
  }
  const defaults: readonly (readonly [string, string])[] = [
    ['job', config.jobName],
    ['__scrape_interval__', formatDurationMs(config.scrapeIntervalMs)],
    ['__scrape_timeout__', formatDurationMs(config.scrapeTimeoutMs)],
    ['__metrics_path__', config.metricsPath],
    ['__scheme__', config.scheme],
    [CONVERT_TO_NHCB_LABEL, String(config.convertClassicHistogramsToNhcb)],
    [CLASSIC_HISTOGRAMS_LABEL, String(config.alwaysScrapeClassicHistograms)],
    [NATIVE_HISTOGRAMS_LABEL, String(config.scrapeNativeHistograms)],
    ...Object.entries(config.params).map(
      ([name, values]) => [PARAM_LABEL_PREFIX + name, values[0] ?? ''] as const,
    ),
  ];
  for (const [name, value] of defaults) {
    if (builder.get(name) === '') builder.set(name, value);
  }
  return builder.labels();
}

/**
 * @param discovered see `discoveredLabels`
 * @returns the labels, or the place of the relabel rule that dropped the target
 * @throws TargetError
 */
export function populateLabels(discovered: Labels, relabeler: Relabeler): PopulatedLabels | number {
  const builder = new LabelBuilder(discovered);
  const droppedBy = relabeler.applyTo(builder);
  if (droppedBy !== undefined) return droppedBy;

  const address = builder.get('__address__');
  if (address === '') throw new TargetError('no address');
  if (address.includes('/')) throw new TargetError(`${quoteGo(address)} is not a valid hostname`);
  const intervalMs = readDuration('interval', builder.get('__scrape_interval__'));
  const timeoutMs = readDuration('timeout', builder.get('__scrape_timeout__'));
  if (timeoutMs > intervalMs) {
    const both = `(${quoteGo(builder.get('__scrape_timeout__'))} > ${quoteGo(builder.get('__scrape_interval__'))})`;
    throw new TargetError(`scrape timeout cannot be greater than scrape interval ${both}`);
  }
  for (const [name, what] of BOOLEAN_LABELS) {
    const value = builder.get(name);
    if (value !== '' && parseBool(value) === undefined) {
      throw new TargetError(
        `error parsing ${what}: strconv.ParseBool: parsing ${quoteGo(value)}: invalid syntax`,
      );
    }
  }

  for (const [name] of builder.entries()) {
    if (name.startsWith('__meta_')) builder.delete(name);
  }
  if (builder.get('instance') === '') builder.set('instance', address);
  const labels = builder.labels();
  for (const [name, value] of labels.entries()) {
    if (!value.isWellFormed()) {
      throw new TargetError(`invalid label value for ${quoteGo(name)}: ${quoteGo(value)}`);
    }
  }
  return { labels, intervalMs, timeoutMs };
}

const BOOLEAN_LABELS: readonly (readonly [string, string])[] = [
  [CONVERT_TO_NHCB_LABEL, 'convert classic histograms to nhcb'],
  [CLASSIC_HISTOGRAMS_LABEL, 'always scrape classic histograms'],
  [NATIVE_HISTOGRAMS_LABEL, 'scrape native histograms'],
];

function readDuration(what: string, text: string): number {
  try {
    const durationMs = parseDurationMs(text);
    if (durationMs === 0) throw new TargetError(`scrape ${what} cannot be 0`);
    return durationMs;
  } catch (cause) {
    if (!(cause instanceof DurationError)) throw cause;
    throw new TargetError(`error parsing scrape ${what}: ${cause.message}`, { cause });
  }
}

/** Go's `strconv.ParseBool`; undefined when it is neither. */
export function parseBool(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

/** Labels that go onto samples: those that do not begin with `__`. */
export function publicLabels(labels: Labels): Labels {
  const pairs: string[] = [];
  for (const [name, value] of labels.entries()) {
    if (!name.startsWith('__')) pairs.push(name, value);
  }
  return Labels.fromSortedPairs(pairs);
}
