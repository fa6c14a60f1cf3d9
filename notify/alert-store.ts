/** All alerts that are known, by fingerprint. */
import { type Alert, isResolvedAt } from '../model/alert.ts';
import { afterReport } from './merge-alerts.ts';

const ALERT_NAME = 'alertname';

export class AlertStore {
  readonly #alerts = new Map<string, Alert>();
  /** Fingerprints by the name of the alert. */
  readonly #byName = new Map<string, Set<string>>();
  readonly #alertsPerNameMax: number;

  /** @param alertsPerNameMax 0: no limit */
  constructor(alertsPerNameMax: number) {
    this.#alertsPerNameMax = alertsPerNameMax;
  }

  get size(): number {
    return this.#alerts.size;
  }

  get(fingerprint: string): Alert | undefined {
    return this.#alerts.get(fingerprint);
  }

  entries(): Iterable<readonly [string, Alert]> {
    return this.#alerts;
  }

  /**
   * Takes a report of an alert.
   * @returns the alert as it is now; undefined when there are too many of its name
   */
  put(fingerprint: string, report: Alert, nowMs: number): Alert | undefined {
    const old = this.#alerts.get(fingerprint);
    if (old === undefined && !this.#makeRoom(report, nowMs)) return undefined;
    const alert = afterReport(old, report, nowMs);
    this.#alerts.set(fingerprint, alert);
    if (old === undefined) this.#ofName(report).add(fingerprint);
    return alert;
  }

  delete(fingerprint: string): void {
    const alert = this.#alerts.get(fingerprint);
    if (alert === undefined) return;
    this.#alerts.delete(fingerprint);
    const names = this.#ofName(alert);
    names.delete(fingerprint);
    if (names.size === 0) this.#byName.delete(alert.labels.get(ALERT_NAME));
  }

  #ofName({ labels }: Alert): Set<string> {
    const name = labels.get(ALERT_NAME);
    const known = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, known);
    return known;
  }

  /** A resolved alert gives way to a new one of its name. */
  #makeRoom(report: Alert, nowMs: number): boolean {
    const names = this.#ofName(report);
    if (this.#alertsPerNameMax <= 0 || names.size < this.#alertsPerNameMax) return true;
    for (const fingerprint of names) {
      const alert = this.#alerts.get(fingerprint);
      if (alert === undefined || !isResolvedAt(alert, nowMs)) continue;
      this.delete(fingerprint);
      return true;
    }
    return false;
  }
}
