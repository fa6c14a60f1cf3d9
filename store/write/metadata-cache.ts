import type { MetricMetadata } from '../../model/sink.ts';

/** Metrics with metadata; Prometheus keeps them per target, we per metric name. */
const METRICS_MAX = 1_000_000;
/** A metric whose targets disagree keeps so many versions, newest last. */
const VERSIONS_PER_METRIC_MAX = 16;

/** Help, type and unit of metrics, in memory whole. */
export class MetadataCache {
  readonly #byMetric = new Map<string, MetricMetadata[]>();
  #pending: MetricMetadata[] = [];

  /** Takes what is new. */
  add(entries: readonly MetricMetadata[]): void {
    for (const entry of entries) if (this.load(entry)) this.#pending.push(entry);
  }

  /** @returns false for what is known already */
  load(entry: MetricMetadata): boolean {
    const versions = this.#byMetric.get(entry.metricName);
    if (versions === undefined) {
      if (this.#byMetric.size >= METRICS_MAX) return false;
      this.#byMetric.set(entry.metricName, [entry]);
      return true;
    }
    if (versions.some((known) => isSame(known, entry))) return false;
    versions.push(entry);
    if (versions.length > VERSIONS_PER_METRIC_MAX) versions.shift();
    return true;
  }

  takePending(): readonly MetricMetadata[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  /** @param limit names at most; 0: all */
  read(
    metricName: string | undefined,
    limit: number,
  ): ReadonlyMap<string, readonly MetricMetadata[]> {
    if (metricName !== undefined) {
      const versions = this.#byMetric.get(metricName);
      return new Map(versions === undefined ? [] : [[metricName, versions]]);
    }
    const found = new Map<string, readonly MetricMetadata[]>();
    for (const [name, versions] of this.#byMetric) {
      if (limit > 0 && found.size >= limit) break;
      found.set(name, versions);
    }
    return found;
  }
}

function isSame(a: MetricMetadata, b: MetricMetadata): boolean {
  return a.type === b.type && a.help === b.help && a.unit === b.unit;
}
