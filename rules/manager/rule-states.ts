/** Keeps the alerts of all rules where they survive the process, and gives them back at the start. */

import type { StateRow, StateStore } from '../../model/documents.ts';
import type { Logger } from '../../model/logger.ts';
import {
  decodeAlerts,
  encodeAlerts,
  lifeText,
  type SavedAlerts,
} from '../evaluation/alert-state.ts';
import type { AlertingRule } from '../evaluation/alerting-rule.ts';
import type { RuleGroup } from '../evaluation/rule-group.ts';

const KIND = 'rule/alerts';
/**
 * Alerts that go on do not change; their state is saved anew so that its age is known. Those that
 * wait are saved at each evaluation: how long they have waited counts.
 */
const SAVE_MS_MAX = 60_000;

interface Saved {
  readonly life: string;
  readonly atMs: number;
}

export interface RuleStatesOptions {
  readonly store: StateStore;
  readonly logger: Logger;
  /** Older state is not taken up. */
  readonly outageToleranceMs: number;
}

export class RuleStates {
  readonly #options: RuleStatesOptions;
  /** What the process before us has left, by key; what is taken up leaves. */
  readonly #left: Map<string, string>;
  /** What is in the store of the rules that run. */
  readonly #saved = new Map<string, Saved>();

  private constructor(options: RuleStatesOptions, left: Map<string, string>) {
    this.#options = options;
    this.#left = left;
  }

  /** @throws QueryError, StoreUnavailableError */
  static async load(options: RuleStatesOptions): Promise<RuleStates> {
    const rows = await options.store.load([KIND]);
    return new RuleStates(options, new Map(rows.map(({ key, json }) => [key, json])));
  }

  /**
   * Gives rules without a past the alerts that they had, exactly as they were.
   * @returns how many alerts
   */
  restore(group: RuleGroup, nowMs: number): number {
    let count = 0;
    for (const [key, rule] of rulesByKey(group)) {
      const text = this.#left.get(key);
      this.#left.delete(key);
      if (text === undefined || rule.isRestored) continue;
      const saved = decodeAlerts(text);
      if (saved === undefined || !this.#isYoung(saved, nowMs)) continue;
      rule.restoreExactly(saved.alerts, nowMs - saved.savedAtMs, nowMs);
      this.#saved.set(key, { life: lifeText(saved.alerts), atMs: saved.savedAtMs });
      count += saved.alerts.length;
    }
    return count;
  }

  /** After an evaluation. What cannot be saved is tried again after the next one. */
  save(group: RuleGroup, timestampMs: number): void {
    const changed: StateRow[] = [];
    const deleted: { readonly kind: string; readonly key: string }[] = [];
    const next = new Map<string, Saved | undefined>();
    for (const [key, rule] of rulesByKey(group)) {
      const alerts = [...rule.allAlerts];
      const known = this.#saved.get(key);
      if (alerts.length === 0) {
        if (known === undefined) continue;
        deleted.push({ kind: KIND, key });
        next.set(key, undefined);
        continue;
      }
      const life = lifeText(alerts);
      const isWaiting = alerts.some(({ state }) => state === 'pending');
      const isFresh = known !== undefined && timestampMs - known.atMs < SAVE_MS_MAX && !isWaiting;
      if (known?.life === life && isFresh) continue;
      changed.push({ kind: KIND, key, json: encodeAlerts(alerts, timestampMs) });
      next.set(key, { life, atMs: timestampMs });
    }
    if (next.size > 0) this.#write(changed, deleted, next);
  }

  /** A group is no more. */
  forget(group: RuleGroup): void {
    const keys = [...rulesByKey(group).keys()].filter((key) => this.#saved.has(key));
    if (keys.length === 0) return;
    const deleted = keys.map((key) => ({ kind: KIND, key }));
    this.#write([], deleted, new Map(keys.map((key) => [key, undefined])));
  }

  /** What was left by rules that there are no more; when all that there are have begun. */
  forgetLeft(): void {
    const deleted = [...this.#left.keys()].map((key) => ({ kind: KIND, key }));
    this.#left.clear();
    if (deleted.length > 0) this.#write([], deleted, new Map());
  }

  #isYoung({ savedAtMs }: SavedAlerts, nowMs: number): boolean {
    // A clock that was set back makes it come from the future: then it is as good as new.
    return nowMs - savedAtMs <= this.#options.outageToleranceMs;
  }

  #write(
    changed: readonly StateRow[],
    deleted: readonly { readonly kind: string; readonly key: string }[],
    next: ReadonlyMap<string, Saved | undefined>,
  ): void {
    this.#options.store.save(changed, deleted).then(
      () => {
        for (const [key, saved] of next) {
          if (saved === undefined) this.#saved.delete(key);
          else this.#saved.set(key, saved);
        }
      },
      (error: unknown) => {
        this.#options.logger.error('the state of alerts was not saved', { error });
      },
    );
  }
}

/** Rules of a group may have one name and the same labels: they are counted. */
function rulesByKey(group: RuleGroup): ReadonlyMap<string, AlertingRule> {
  const counts = new Map<string, number>();
  const byKey = new Map<string, AlertingRule>();
  for (const rule of group.alertingRules) {
    const count = counts.get(rule.identity) ?? 0;
    counts.set(rule.identity, count + 1);
    byKey.set(JSON.stringify([group.key, rule.identity, count]), rule);
  }
  return byKey;
}
