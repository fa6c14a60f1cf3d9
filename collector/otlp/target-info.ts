/** `target_info`: what a resource says of itself, beside its series. */
import { Labels } from '../../model/labels.ts';
import type { OtlpResourceMetrics } from './otlp-metrics.ts';
import type { OtlpSettings } from './otlp-settings.ts';
import type { PointWriter } from './point-writer.ts';
import { type ResourceLabels, targetInfoLabels } from './series-labels.ts';

const NAME = 'target_info';

/** Half the time that an instant query looks back, so that it always finds a sample. */
const INTERVAL_MS = 150_000;

/** A request whose points lie further apart gets the newest ones. */
const SAMPLES_MAX = 1000;

/** One request. */
export class TargetInfo {
  readonly #writer: PointWriter;
  readonly #settings: OtlpSettings;
  /** Resources of a request may be the same target. */
  readonly #seen = new Set<string>();

  constructor(writer: PointWriter, settings: OtlpSettings) {
    this.#writer = writer;
    this.#settings = settings;
  }

  /**
   * Samples from the first point of the resource to its last.
   * @throws OtlpNameError
   */
  add(resource: OtlpResourceMetrics, shared: ResourceLabels): void {
    let firstMs = Number.POSITIVE_INFINITY;
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const scope of resource.scopes) {
      for (const metric of scope.metrics) {
        for (const { timestampMs } of metric.points) {
          firstMs = Math.min(firstMs, timestampMs);
          lastMs = Math.max(lastMs, timestampMs);
        }
      }
    }
    if (firstMs > lastMs) return;
    const labels = targetInfoLabels(resource.attributes, shared, this.#settings);
    if (labels === undefined) return;
    const key = Labels.fromEntries(labels).key;
    const write = (timestampMs: number): void => {
      const sampleKey = `${timestampMs} ${key}`;
      if (this.#seen.has(sampleKey)) return;
      this.#seen.add(sampleKey);
      this.#writer.sample(NAME, labels, undefined, timestampMs, 1, false);
    };
    const steps = Math.ceil((lastMs - firstMs) / INTERVAL_MS);
    for (let step = Math.max(0, steps - SAMPLES_MAX); step < steps; step++) {
      write(firstMs + step * INTERVAL_MS);
    }
    write(lastMs);
  }
}
