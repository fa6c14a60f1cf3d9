/** Type, help and unit of the families that are sent, found by the name of a series. */
import type { MetricMetadata } from '../../model/sink.ts';

/** A sender of ever new names starts over here. */
const FAMILIES_MAX = 100_000;

/** Series of a family end so in one format or another. */
const SUFFIX = /_(?:bucket|sum|count|total|created|info)$/;

export class FamilyMetadata {
  readonly #byFamily = new Map<string, MetricMetadata>();

  get all(): Iterable<MetricMetadata> {
    return this.#byFamily.values();
  }

  add(metadata: readonly MetricMetadata[]): void {
    for (const one of metadata) {
      if (this.#byFamily.size >= FAMILIES_MAX && !this.#byFamily.has(one.metricName)) {
        this.#byFamily.clear();
      }
      this.#byFamily.set(one.metricName, one);
    }
  }

  of(metricName: string): MetricMetadata | undefined {
    return this.#byFamily.get(metricName) ?? this.#byFamily.get(metricName.replace(SUFFIX, ''));
  }
}
