/** What the pages of a target are read with, from its scrape config and its labels. */
import { isDeepStrictEqual } from 'node:util';
import type { ScrapeConfig } from '../../config/types.ts';
import type { SampleSink } from '../../model/sink.ts';
import { TargetIngest } from '../ingest/target-ingest.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { fallbackMediaType } from './accept-header.ts';
import { mutateSampleLabels } from './sample-labels.ts';
import type { Target } from './target.ts';
import {
  CLASSIC_HISTOGRAMS_LABEL,
  CONVERT_TO_NHCB_LABEL,
  NATIVE_HISTOGRAMS_LABEL,
} from './target-labels.ts';

/** Opens the ingest of a target. Targets of one config share its compiled rules. */
export function ingestOpener(
  sink: SampleSink,
): (target: Target, config: ScrapeConfig) => TargetIngest {
  const relabelers = new WeakMap<ScrapeConfig, Relabeler>();
  return (target, config) => {
    const relabeler = relabelers.get(config) ?? new Relabeler(config.metricRelabelConfigs);
    relabelers.set(config, relabeler);
    const { labels } = target;
    const { honorLabels } = config;
    return new TargetIngest(sink, {
      mutate: (scraped) => mutateSampleLabels(scraped, labels, honorLabels, relabeler),
      ...configOptions(config),
      ...targetOptions(target, config),
    });
  };
}

/**
 * Whether pages of the old target under the old config became the same samples as those of the
 * new target under the new one, so that its ingest can go on.
 */
export function keepsIngest(
  old: { readonly target: Target; readonly config: ScrapeConfig },
  now: { readonly target: Target; readonly config: ScrapeConfig },
): boolean {
  const relevant = ({ target, config }: typeof old) => [
    target.labels,
    config.honorLabels,
    config.metricRelabelConfigs,
    configOptions(config),
    targetOptions(target, config),
  ];
  return isDeepStrictEqual(relevant(old), relevant(now));
}

function configOptions(config: ScrapeConfig) {
  return {
    limits: {
      sampleLimit: config.sampleLimit,
      labelLimit: config.labelLimit,
      labelNameLengthLimit: config.labelNameLengthLimit,
      labelValueLengthLimit: config.labelValueLengthLimit,
      bucketLimit: config.nativeHistogramBucketLimit,
      minBucketFactor: config.nativeHistogramMinBucketFactor,
    },
    validationScheme: config.metricNameValidationScheme,
    honorTimestamps: config.honorTimestamps,
    trackTimestampsStaleness: config.trackTimestampsStaleness,
    fallbackContentType: fallbackMediaType(config.fallbackScrapeProtocol),
  };
}

/** What relabelling may set per target. */
function targetOptions(target: Target, config: ScrapeConfig) {
  const { scrapeNativeHistograms, alwaysScrapeClassicHistograms, convertClassicHistogramsToNhcb } =
    config;
  return {
    scrapeNativeHistograms: target.flag(NATIVE_HISTOGRAMS_LABEL, scrapeNativeHistograms),
    alwaysScrapeClassicHistograms: target.flag(
      CLASSIC_HISTOGRAMS_LABEL,
      alwaysScrapeClassicHistograms,
    ),
    convertClassicHistogramsToNhcb: target.flag(
      CONVERT_TO_NHCB_LABEL,
      convertClassicHistogramsToNhcb,
    ),
  };
}
