/** An alerting rule: what its expression gives are alerts, which wait, fire and end. */
import type { DecisionKind } from '../../model/alert-decisions.ts';
import { alertFingerprint } from '../../model/alert-fingerprint.ts';
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import type { RuleConfig, RuleLabels } from '../file/rule-file.ts';
import { AlertTemplate } from '../template/alert-template.ts';
import {
  type ActiveAlert,
  markSent,
  passAbsence,
  passFor,
  type RuleState,
} from './active-alert.ts';
import { BaseRule, RuleError, type RuleEvaluation } from './rule.ts';
import type { RuleSample } from './rule-query.ts';

export const ALERTS = 'ALERTS';
export const ALERTS_FOR_STATE = 'ALERTS_FOR_STATE';
export const ALERT_NAME = 'alertname';
const ALERT_STATE = 'alertstate';

/** How long restored alerts that are not given stay as they were: two evaluations, as in Prometheus. */
const HELD_EVALUATIONS = 2;
/** After a longer outage they stay for `HOLD_MS`: until data of a few scrapes are there. */
const SHORT_OUTAGE_MS_MAX = 30_000;
const HOLD_MS = 2 * 60_000;

/** A point in the life of an alert. */
export interface AlertChange {
  readonly kind: AlertChangeKind;
  /** As it is after the change. */
  readonly alert: Readonly<ActiveAlert>;
  /** The slot. */
  readonly atMs: number;
}
export type AlertChangeKind = Extract<
  DecisionKind,
  'pending' | 'firing' | 'kept_firing' | 'firing_again' | 'resolved' | 'cleared' | 'over_limit'
>;

/** What templates see besides the sample, and who is told when one fails. */
export interface AlertingContext {
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  readonly groupKey: string;
  readonly intervalMs: number;
  /** Counts texts that were expanded. */
  readonly onExpansion: () => void;
  readonly onTemplateError: (rule: string, error: Error) => void;
  /** Told of changes in the lives of alerts, after an evaluation that had any. */
  readonly onChanges: (rule: AlertingRule, changes: readonly AlertChange[]) => void;
}

/** Finds what alarms by other means than the rule's expression. */
export interface NativeResults {
  /**
   * @param timeMs the slot less the offset
   * @throws as queries do
   */
  evaluate(
    timeMs: number,
    signal: AbortSignal,
  ): Promise<{
    readonly samples: readonly RuleSample[];
    /** To be written beside the alerts' own series. */
    readonly states: readonly RuleSample[];
  }>;
}

interface CompiledText {
  readonly name: string;
  readonly text: string;
  /** Undefined: the text has no actions. */
  readonly template: AlertTemplate | undefined;
}

/** A result sample as an alert. */
interface FoundAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly value: number;
}

export class AlertingRule extends BaseRule {
  readonly kind = 'alerting';
  readonly annotations: RuleLabels;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /**
   * True when the alerts' past has been looked up. Before, the series of the alerts are not
   * written: they would hide what is to be found.
   */
  isRestored: boolean;
  readonly #context: AlertingContext;
  readonly #native: NativeResults | undefined;
  readonly #labelTexts: readonly CompiledText[];
  readonly #annotationTexts: readonly CompiledText[];
  /** By the key of the labels; resolved ones among them for a while. */
  #alerts = new Map<string, ActiveAlert>();
  /** Restored alerts that the expression has not given since, by the same key. */
  #held = new Set<string>();
  #holdUntilMs = Number.NEGATIVE_INFINITY;
  #evaluationsToHold = 0;

  /** @throws TemplateError; a checked configuration has none */
  constructor(
    config: RuleConfig,
    context: AlertingContext,
    isRestored: boolean,
    native?: NativeResults,
  ) {
    super(config);
    this.#native = native;
    this.annotations = config.annotations;
    this.forMs = config.forMs;
    this.keepFiringForMs = config.keepFiringForMs;
    this.isRestored = isRestored;
    this.#context = context;
    this.#labelTexts = compileTexts(config.alert, config.labels);
    this.#annotationTexts = compileTexts(config.alert, config.annotations);
  }

  /** The worst state of its alerts. */
  get state(): RuleState {
    if (this.lastEvaluationMs === undefined) return 'unknown';
    let worst: RuleState = 'inactive';
    for (const { state } of this.#alerts.values()) {
      if (state === 'firing') return 'firing';
      if (state === 'pending') worst = 'pending';
    }
    return worst;
  }

  /** Pending and firing alerts. */
  get activeAlerts(): readonly Readonly<ActiveAlert>[] {
    return [...this.#alerts.values()].filter(({ resolvedAtMs }) => resolvedAtMs === undefined);
  }

  /** Resolved ones too, open to change. */
  get allAlerts(): Iterable<ActiveAlert> {
    return this.#alerts.values();
  }

  copyAlertsFrom(other: AlertingRule): void {
    for (const [key, alert] of other.#alerts) this.#alerts.set(key, alert);
    this.#held = new Set(other.#held);
    this.#holdUntilMs = other.#holdUntilMs;
    this.#evaluationsToHold = other.#evaluationsToHold;
  }

  /**
   * Takes up the alerts that the rule had before the process ended. After an outage an expression
   * may give nothing although nothing has changed: targets are not scraped yet, ranges reach into
   * the gap. So for a while an alert that is not given stays as it was.
   * @param outageMs since the evaluation that was the last one
   */
  restoreExactly(alerts: readonly ActiveAlert[], outageMs: number, nowMs: number): void {
    // The outage does not count as waiting; a restart between two evaluations is none.
    const missedMs = Math.max(0, outageMs - this.#context.intervalMs);
    for (const alert of alerts) {
      const { key } = alert.labels;
      const waitedMs = alert.state === 'pending' ? missedMs : 0;
      this.#alerts.set(key, { ...alert, activeAtMs: alert.activeAtMs + waitedMs });
      if (alert.resolvedAtMs === undefined) this.#held.add(key);
    }
    this.#evaluationsToHold = HELD_EVALUATIONS;
    if (outageMs > SHORT_OUTAGE_MS_MAX) this.#holdUntilMs = nowMs + HOLD_MS;
    this.isRestored = true;
  }

  async evaluate(evaluation: RuleEvaluation): Promise<readonly RuleSample[]> {
    const { timestampMs, queryOffsetMs, limit, query, signal } = evaluation;
    const timeMs = timestampMs - queryOffsetMs;
    const { samples, states } = (await this.#native?.evaluate(timeMs, signal)) ?? {
      samples: await query(this.expr, timeMs, signal),
      states: [],
    };
    const found = await this.#findAlerts(samples, evaluation);
    this.#take(found, timestampMs);
    return [...this.#moveOn(found, timestampMs, limit), ...states];
  }

  /** The alerts to be told at this slot, which then count as told. */
  takeAlertsToSend(
    timestampMs: number,
    resendDelayMs: number,
    intervalMs: number,
  ): readonly Readonly<ActiveAlert>[] {
    return [...this.#alerts.values()].filter((alert) =>
      markSent(alert, timestampMs, resendDelayMs, intervalMs),
    );
  }

  async #findAlerts(
    result: readonly RuleSample[],
    evaluation: RuleEvaluation,
  ): Promise<ReadonlyMap<string, FoundAlert>> {
    const found = new Map<string, FoundAlert>();
    for (const sample of result) {
      let labels = sample.labels.withoutName();
      for (const text of this.#labelTexts) {
        const value = await this.#expand(text, sample, evaluation, evaluation.timestampMs);
        labels = labels.with(text.name, value);
      }
      labels = labels.with(ALERT_NAME, this.name);
      const activeAtMs = this.#activeAtMs(labels) ?? evaluation.timestampMs;
      const annotations: string[] = [];
      for (const text of this.#annotationTexts) {
        annotations.push(text.name, await this.#expand(text, sample, evaluation, activeAtMs));
      }
      if (found.has(labels.key)) {
        throw new RuleError(
          'vector contains metrics with the same labelset after applying alert labels',
        );
      }
      const { value } = sample;
      found.set(labels.key, { labels, annotations: Labels.fromPairs(annotations), value });
    }
    return found;
  }

  async #expand(
    { text, template }: CompiledText,
    sample: RuleSample,
    { timestampMs, query, signal }: RuleEvaluation,
    activeAtMs: number,
  ): Promise<string> {
    const { externalLabels, externalUrl, groupKey, intervalMs, onExpansion, onTemplateError } =
      this.#context;
    onExpansion();
    if (template === undefined) return text;
    const { labels, value, histogram } = sample;
    const data = {
      labels,
      externalLabels,
      externalUrl,
      value,
      ...(histogram === undefined ? {} : { histogram }),
      extra: {
        activeAtMs,
        forMs: this.forMs,
        intervalMs,
        expr: this.exprText,
        alertId: alertFingerprint(labels),
        groupId: groupKey,
      },
    };
    const context = {
      timestampMs,
      externalUrl,
      query: (expr: string) => query(expr, timestampMs, signal),
    };
    return template.expand(data, context, (error) => onTemplateError(this.name, error));
  }

  #activeAtMs(labels: Labels): number | undefined {
    const known = this.#alerts.get(labels.key);
    return known === undefined || known.state === 'inactive' ? undefined : known.activeAtMs;
  }

  #take(found: ReadonlyMap<string, FoundAlert>, timestampMs: number): void {
    for (const [key, { labels, annotations, value }] of found) {
      const known = this.#alerts.get(key);
      if (known !== undefined && known.state !== 'inactive') {
        known.value = value;
        known.annotations = annotations;
        continue;
      }
      this.#alerts.set(key, {
        state: 'pending',
        labels,
        annotations,
        value,
        activeAtMs: timestampMs,
        firedAtMs: undefined,
        resolvedAtMs: undefined,
        lastSentAtMs: undefined,
        validUntilMs: undefined,
        keepFiringSinceMs: undefined,
      });
    }
  }

  /** @returns the series of the alerts; none before the rule is restored */
  #moveOn(
    found: ReadonlyMap<string, FoundAlert>,
    timestampMs: number,
    limit: number,
  ): readonly RuleSample[] {
    const samples: RuleSample[] = [];
    const changes: AlertChange[] = [];
    const note = (kind: AlertChangeKind, alert: ActiveAlert): void => {
      changes.push({ kind, alert: { ...alert }, atMs: timestampMs });
    };
    let activeCount = 0;
    const isHolding = this.#evaluationsToHold > 0 || timestampMs < this.#holdUntilMs;
    this.#evaluationsToHold--;
    if (!isHolding) this.#held.clear();
    for (const [key, alert] of this.#alerts) {
      const before = alert.state;
      const wasKept = alert.keepFiringSinceMs !== undefined;
      if (found.has(key)) {
        alert.keepFiringSinceMs = undefined;
        if (wasKept) note('firing_again', alert);
        this.#held.delete(key);
      } else if (isHolding && this.#held.has(key)) {
        activeCount++;
        samples.push(...alertSamples(alert));
        continue;
      } else {
        const absence = passAbsence(alert, timestampMs, this.keepFiringForMs);
        if (absence === 'drop') this.#alerts.delete(key);
        if (before === 'pending') note('cleared', alert);
        if (absence === 'resolved' && before !== 'inactive') note('resolved', alert);
        if (absence !== 'keeps-firing') continue;
        if (!wasKept) note('kept_firing', alert);
      }
      activeCount++;
      passFor(alert, timestampMs, this.forMs);
      const isNew = alert.activeAtMs === timestampMs;
      if (isNew || alert.state !== before) note(alert.state as 'pending' | 'firing', alert);
      if (this.isRestored) samples.push(...alertSamples(alert));
    }
    if (limit > 0 && activeCount > limit) {
      // New ones are not told of: they would come and go at each evaluation.
      const ended = this.activeAlerts.filter(({ activeAtMs }) => activeAtMs !== timestampMs);
      this.#tell(ended.map((alert) => ({ kind: 'over_limit', alert, atMs: timestampMs })));
      this.#alerts = new Map();
      throw new RuleError(`exceeded limit of ${limit} with ${activeCount} alerts`);
    }
    this.#tell(changes);
    return samples;
  }

  #tell(changes: readonly AlertChange[]): void {
    if (changes.length > 0) this.#context.onChanges(this, changes);
  }
}

function alertSamples(alert: ActiveAlert): readonly RuleSample[] {
  const { labels, state, activeAtMs } = alert;
  return [
    { labels: labels.with(METRIC_NAME, ALERTS).with(ALERT_STATE, state), value: 1 },
    { labels: labels.with(METRIC_NAME, ALERTS_FOR_STATE), value: Math.floor(activeAtMs / 1000) },
  ];
}

function compileTexts(alertName: string, texts: RuleLabels): readonly CompiledText[] {
  return texts.map(([name, text]) => ({
    name,
    text,
    template: text.includes('{{') ? new AlertTemplate(alertName, text) : undefined,
  }));
}
