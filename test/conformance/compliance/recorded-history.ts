/**
 * What recording rules would have left behind: Prometheus evaluates each over the past, and the
 * result is written to both like any other samples.
 */
import { Labels } from '../../../model/labels.ts';
import type { PeerSeries } from '../../prometheus-peer.ts';
import type { History } from './history.ts';
import type { RecordingRule } from './queries.ts';

/** @param found answer to a range query for the rule's expression with these times */
export function recordedHistory(
  rule: RecordingRule,
  found: readonly PeerSeries[],
  startMs: number,
  intervalMs: number,
  scrapes: number,
): History {
  return {
    startMs,
    intervalMs,
    scrapes,
    series: found.map(({ metric, values }) => {
      const byScrape = new Map(
        values.map(([seconds, text]) => [
          Math.round((seconds * 1000 - startMs) / intervalMs),
          Number(text.replace('Inf', 'Infinity')),
        ]),
      );
      return {
        labels: Labels.fromRecord({ ...metric, ...rule.labels, __name__: rule.record }),
        offsetMs: 0,
        shape: (scrape: number) => byScrape.get(scrape),
      };
    }),
  };
}
