/** Inhibition: an alert keeps others silent while it fires. */
import type { InhibitRuleConfig } from '../config/alertmanager/types.ts';
import { type Alert, isResolvedAt } from '../model/alert.ts';
import { matchesAlert } from '../model/alert-matchers/alert-matcher.ts';
import type { Labels } from '../model/labels.ts';

interface Source {
  readonly fingerprint: string;
  readonly alert: Alert;
}

/** Sources with equal values of the rule's `equal` labels, by fingerprint. */
interface Bucket {
  /** These match the source side only. */
  readonly oneSided: Map<string, Source>;
  /** These match the target side too, and do not inhibit others of that sort. */
  readonly twoSided: Map<string, Source>;
}

class InhibitRule {
  readonly config: InhibitRuleConfig;
  readonly #equal: ReadonlySet<string>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(config: InhibitRuleConfig) {
    this.config = config;
    this.#equal = new Set(config.equal);
  }

  put(fingerprint: string, alert: Alert): void {
    if (!matchesAlert(this.config.sourceMatchers, alert.labels)) return;
    const key = alert.labels.only(this.#equal).key;
    const bucket = this.#buckets.get(key) ?? { oneSided: new Map(), twoSided: new Map() };
    this.#buckets.set(key, bucket);
    const isTarget = matchesAlert(this.config.targetMatchers, alert.labels);
    const side = isTarget ? bucket.twoSided : bucket.oneSided;
    side.set(fingerprint, { fingerprint, alert });
  }

  /** @returns the fingerprint of a firing source */
  inhibitorOf(labels: Labels, nowMs: number): string | undefined {
    if (!matchesAlert(this.config.targetMatchers, labels)) return undefined;
    const bucket = this.#buckets.get(labels.only(this.#equal).key);
    if (bucket === undefined) return undefined;
    const found = firing(bucket.oneSided, nowMs);
    if (found !== undefined || matchesAlert(this.config.sourceMatchers, labels)) return found;
    return firing(bucket.twoSided, nowMs);
  }

  collect(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      for (const side of [bucket.oneSided, bucket.twoSided]) {
        for (const [fingerprint, { alert }] of side) {
          if (isResolvedAt(alert, nowMs)) side.delete(fingerprint);
        }
      }
      if (bucket.oneSided.size + bucket.twoSided.size === 0) this.#buckets.delete(key);
    }
  }
}

function firing(sources: ReadonlyMap<string, Source>, nowMs: number): string | undefined {
  for (const { alert, fingerprint } of sources.values()) {
    if (!isResolvedAt(alert, nowMs)) return fingerprint;
  }
  return undefined;
}

/**
 * Knows which alerts inhibit which. Whether a source is itself silenced, inhibited or routed
 * anywhere does not matter. Alertmanager keeps one source per set of equal labels and may miss an
 * inhibition when that one is two-sided; we keep them all.
 */
export class Inhibitor {
  readonly #rules: readonly InhibitRule[];

  constructor(rules: readonly InhibitRuleConfig[]) {
    this.#rules = rules.map((rule) => new InhibitRule(rule));
  }

  /** Takes note of an alert, new or changed. */
  put(fingerprint: string, alert: Alert): void {
    for (const rule of this.#rules) rule.put(fingerprint, alert);
  }

  /** Fingerprints of the alerts that inhibit this one, of the first rule that does; or none. */
  inhibitedBy(labels: Labels, nowMs: number): readonly string[] {
    for (const rule of this.#rules) {
      const source = rule.inhibitorOf(labels, nowMs);
      if (source !== undefined) return [source];
    }
    return [];
  }

  /** Forgets sources that are resolved. */
  collect(nowMs: number): void {
    for (const rule of this.#rules) rule.collect(nowMs);
  }
}
