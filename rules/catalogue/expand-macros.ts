/** Macros of the catalogue's expressions: where each source of metrics is found. */
import { formatDurationMs } from '../../model/duration.ts';
import { MINUTE_MS } from './catalogue-metric.ts';

const SELECTORS: Readonly<Record<string, string>> = {
  ca: 'job="kubelet",metrics_path="/metrics/cadvisor"',
  res: 'job="kubelet",metrics_path="/metrics/resource"',
  kl: 'job="kubelet",metrics_path="/metrics"',
  ksm: 'job="kube-state-metrics"',
  // Without a node its series are of no object of ours.
  ne: 'job="node-exporter",node!=""',
  api: 'job="apiserver"',
};

/** A rate needs two samples, also when two scrapes in a row fail. */
const SCRAPES_IN_WINDOW = 4;
const WINDOW_MS_MIN = 2 * MINUTE_MS;

/** `$r`: the window of rates. @param scrapeIntervalMs the longest of the scrapes that are read */
export function rateWindowMs(scrapeIntervalMs: number): number {
  return Math.max(WINDOW_MS_MIN, SCRAPES_IN_WINDOW * scrapeIntervalMs);
}

export function expandMacros(expr: string, windowMs: number): string {
  const window = formatDurationMs(windowMs);
  return expr.replaceAll(/\$(ca|res|kl|ksm|ne|api|r)\b/g, (_macro, name: string) =>
    name === 'r' ? window : (SELECTORS[name] ?? ''),
  );
}
