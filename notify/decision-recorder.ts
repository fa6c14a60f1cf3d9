/** Events of the engine as decisions about alerts, to be kept: only what differs from before. */
import type { AlertDecision, AlertDecisionSink, DecisionKind } from '../model/alert-decisions.ts';
import { Labels } from '../model/labels.ts';
import type { GroupName, IntegrationName, NotifyEvent, SuppressionReason } from './notify-event.ts';

const SUPPRESSED: Readonly<Record<SuppressionReason, DecisionKind>> = {
  inhibition: 'inhibited',
  silence: 'silenced',
  mute_time_interval: 'muted',
  active_time_interval: 'muted',
};

const SUPPRESSION_TEXT: Readonly<Record<SuppressionReason, string>> = {
  inhibition: 'another alert that fires inhibits it',
  silence: 'a silence covers it',
  mute_time_interval: 'its route is muted in this interval',
  active_time_interval: 'its route speaks in these intervals only, and none of them holds',
};

/** What was last decided of an alert in a group. */
interface InGroup {
  /** Of the group as a whole: routed, suppressed. */
  own: string;
  /** By receiver and integration. */
  readonly integrations: Map<string, string>;
}

interface KnownAlert {
  readonly labels: Labels;
  /** By group key and receiver. */
  readonly groups: Map<string, InGroup>;
}

/** A message on its way. */
interface UnderWay {
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly reason: string;
}

type Part = Pick<AlertDecision, 'kind' | 'reason'> &
  Partial<Pick<AlertDecision, 'by' | 'attemptCount'>>;

/** Alerts that are no more are looked for when there are twice as many as after the last time. */
const ALERTS_MIN = 1000;

export class DecisionRecorder {
  readonly #sink: AlertDecisionSink;
  readonly #isKnown: (fingerprint: string) => boolean;
  readonly #alerts = new Map<string, KnownAlert>();
  readonly #underWay = new Map<string, UnderWay>();
  #alertsMax = ALERTS_MIN;

  /** @param isKnown whether the engine still has the alert */
  constructor(sink: AlertDecisionSink, isKnown: (fingerprint: string) => boolean) {
    this.#sink = sink;
    this.#isKnown = isKnown;
  }

  observe(event: NotifyEvent): void {
    switch (event.kind) {
      case 'routed':
        return this.#routed(event, 'routed', 'its labels match the route');
      case 'groupLimited':
        return this.#routed(event, 'no_group', 'there are too many groups');
      case 'suppressed':
        return this.#suppressed(event);
      case 'unchanged':
        return this.#ofIntegration(event, [...event.firing, ...event.resolved], () => {
          return { kind: 'unchanged', reason: event.because };
        });
      case 'notifying': {
        const { firing, resolved, reason } = event;
        this.#underWay.set(integrationKey(event), { firing, resolved, reason });
        return;
      }
      case 'attempted': {
        const { problem: reason } = event;
        if (reason === undefined) return;
        return this.#ofMessage(event, () => ({ kind: 'attempt_failed', reason }));
      }
      case 'failed':
        this.#ofMessage(event, () => {
          return { kind: 'failed', reason: event.message, attemptCount: event.attemptCount };
        });
        this.#underWay.delete(integrationKey(event));
        return;
      case 'sent':
        return this.#sent(event);
      default:
        return;
    }
  }

  #routed(
    event: Extract<NotifyEvent, { kind: 'routed' | 'groupLimited' }>,
    kind: DecisionKind,
    reason: string,
  ): void {
    const { fingerprint, labels } = event;
    if (!this.#alerts.has(fingerprint)) {
      this.#forgetGone();
      this.#alerts.set(fingerprint, { labels, groups: new Map() });
    }
    const inGroup = this.#inGroup(fingerprint, event);
    const isPlaced = inGroup?.own !== '' && inGroup?.own.startsWith('no_group') === false;
    if (kind === 'routed' && isPlaced) return;
    this.#decideOwn([fingerprint], event, () => ({ kind, reason }));
  }

  #suppressed(event: Extract<NotifyEvent, { kind: 'suppressed' }>): void {
    const { fingerprints, causes, reason } = event;
    this.#decideOwn(fingerprints, event, (at) => {
      return { kind: SUPPRESSED[reason], reason: SUPPRESSION_TEXT[reason], by: causes[at] ?? [] };
    });
    // What comes after it is news, even if it is as it was before.
    for (const fingerprint of fingerprints) {
      this.#inGroup(fingerprint, event)?.integrations.clear();
    }
  }

  #sent(event: Extract<NotifyEvent, { kind: 'sent' }>): void {
    const { attemptCount } = event;
    const message = this.#underWay.get(integrationKey(event));
    this.#underWay.delete(integrationKey(event));
    if (message === undefined) return;
    const { reason, firing, resolved } = message;
    // Each message is news; that the last one was like it does not matter.
    for (const fingerprint of [...firing, ...resolved]) {
      const integrations = this.#inGroup(fingerprint, event)?.integrations;
      integrations?.delete(integrationName(event));
      integrations?.delete(attemptsOf(integrationName(event)));
    }
    this.#ofIntegration(event, firing, () => ({ kind: 'sent', reason, attemptCount }));
    this.#ofIntegration(event, resolved, () => ({ kind: 'sent_resolved', reason, attemptCount }));
  }

  #ofMessage(event: IntegrationName & { readonly nowMs: number }, part: () => Part): void {
    const message = this.#underWay.get(integrationKey(event));
    if (message === undefined) return;
    this.#ofIntegration(event, [...message.firing, ...message.resolved], part);
  }

  #ofIntegration(
    event: IntegrationName & { readonly nowMs: number },
    fingerprints: readonly string[],
    part: () => Part,
  ): void {
    const integration = integrationName(event);
    const decisions = fingerprints.flatMap((fingerprint) => {
      const inGroup = this.#inGroup(fingerprint, event);
      const decided = part();
      const text = signature(decided);
      const slot = decided.kind === 'attempt_failed' ? attemptsOf(integration) : integration;
      if (inGroup === undefined || inGroup.integrations.get(slot) === text) return [];
      inGroup.integrations.set(slot, text);
      inGroup.own = 'routed';
      return [this.#decision(fingerprint, event, { ...decided, integration })];
    });
    if (decisions.length > 0) this.#sink.append(decisions);
  }

  #decideOwn(
    fingerprints: readonly string[],
    event: GroupName & { readonly nowMs: number },
    part: (at: number) => Part,
  ): void {
    const decisions = fingerprints.flatMap((fingerprint, at) => {
      const inGroup = this.#inGroup(fingerprint, event);
      const decided = part(at);
      const text = signature(decided);
      if (inGroup === undefined || inGroup.own === text) return [];
      inGroup.own = text;
      return [this.#decision(fingerprint, event, decided)];
    });
    if (decisions.length > 0) this.#sink.append(decisions);
  }

  #decision(
    fingerprint: string,
    { receiver, groupKey, nowMs }: GroupName & { readonly nowMs: number },
    part: Part & { readonly integration?: string },
  ): AlertDecision {
    return {
      atMs: nowMs,
      fingerprint,
      labels: this.#alerts.get(fingerprint)?.labels ?? Labels.EMPTY,
      value: Number.NaN,
      ruleGroup: '',
      receiver,
      integration: '',
      groupKey,
      by: [],
      attemptCount: 0,
      ...part,
    };
  }

  #inGroup(fingerprint: string, { groupKey, receiver }: GroupName): InGroup | undefined {
    const groups = this.#alerts.get(fingerprint)?.groups;
    if (groups === undefined) return undefined;
    const key = `${groupKey}\n${receiver}`;
    const known = groups.get(key) ?? { own: '', integrations: new Map<string, string>() };
    groups.set(key, known);
    return known;
  }

  #forgetGone(): void {
    if (this.#alerts.size < this.#alertsMax) return;
    for (const fingerprint of this.#alerts.keys()) {
      if (!this.#isKnown(fingerprint)) this.#alerts.delete(fingerprint);
    }
    this.#alertsMax = Math.max(ALERTS_MIN, 2 * this.#alerts.size);
  }
}

function integrationName({ integration, index }: IntegrationName): string {
  return `${integration}[${index}]`;
}

function integrationKey(name: IntegrationName): string {
  return `${name.groupKey}\n${name.receiver}\n${integrationName(name)}`;
}

/** Attempts fail again at each flush while the receiver is down: told once, as the failure is. */
function attemptsOf(integration: string): string {
  return `${integration} attempts`;
}

/** Equal for decisions that tell nothing new. */
function signature({ kind, reason, by = [] }: Part): string {
  // How often and for how long it was tried differs each time.
  const isFailure = kind === 'failed' || kind === 'attempt_failed';
  return `${kind}\n${isFailure ? reason.replaceAll(/\d+/g, '#') : reason}\n${by.join()}`;
}
