/** Type, help and unit of a target's metric families, and which of them are news. */
import type { MetricMetadata, MetricType } from '../../model/sink.ts';

/** A target that changes its family names without end starts over here. */
const FAMILIES_MAX = 50_000;
const HELP_CHARS_MAX = 4096;

export class MetadataMemory {
  readonly #byFamily = new Map<string, MetricMetadata>();
  readonly #changed = new Set<string>();

  get all(): Iterable<MetricMetadata> {
    return this.#byFamily.values();
  }

  setType(family: string, type: MetricType): void {
    const known = this.#of(family);
    if (known.type !== type) this.#set({ ...known, type });
  }

  setHelp(family: string, text: string): void {
    const help = text.length > HELP_CHARS_MAX ? text.slice(0, HELP_CHARS_MAX) : text;
    const known = this.#of(family);
    if (known.help !== help) this.#set({ ...known, help });
  }

  setUnit(family: string, unit: string): void {
    const known = this.#of(family);
    if (known.unit !== unit) this.#set({ ...known, unit });
  }

  /** What has changed since it was last taken. */
  takeChanged(): readonly MetricMetadata[] {
    if (this.#changed.size === 0) return [];
    const taken: MetricMetadata[] = [];
    for (const family of this.#changed) {
      const metadata = this.#byFamily.get(family);
      if (metadata !== undefined) taken.push(metadata);
    }
    this.#changed.clear();
    return taken;
  }

  #of(family: string): MetricMetadata {
    return (
      this.#byFamily.get(family) ?? { metricName: family, type: 'unknown', help: '', unit: '' }
    );
  }

  #set(metadata: MetricMetadata): void {
    if (this.#byFamily.size >= FAMILIES_MAX && !this.#byFamily.has(metadata.metricName)) {
      this.#byFamily.clear();
      this.#changed.clear();
    }
    this.#byFamily.set(metadata.metricName, metadata);
    this.#changed.add(metadata.metricName);
  }
}
