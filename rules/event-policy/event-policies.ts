/** Alarm policies of type `event`: judged when events come, over by themselves when none comes. */
import type { AlertSink } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { ClusterEvent, EventOccurrence } from '../../model/cluster-history.ts';
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { ALERT_NAME, ALERTS } from '../evaluation/alerting-rule.ts';
import {
  NOTHING_WRITTEN,
  type RuleSink,
  type WrittenSeries,
  writeSamples,
} from '../evaluation/sample-writer.ts';
import type { AlarmPolicy } from '../policy/alarm-policy.ts';
import { AlertTemplate } from '../template/alert-template.ts';
import { type EventMatcher, eventMatchers, objectLabels } from './event-matcher.ts';

export interface EventPoliciesOptions {
  readonly clock: Clock;
  readonly alerts: AlertSink;
  readonly sink: RuleSink;
  /** Without a slash at its end. */
  readonly externalUrl: string;
}

interface WatchedPolicy {
  readonly policy: AlarmPolicy;
  readonly matchers: readonly EventMatcher[];
  readonly annotations: readonly (readonly [string, AlertTemplate])[];
}

/** Events of one kind of one object. */
interface EventStory {
  readonly policyId: string;
  readonly labels: Labels;
  readonly windowMs: number;
  /** Time and number, the oldest first. */
  seen: { readonly atMs: number; readonly count: number }[];
  /** Since when it alarms. */
  sinceMs: number | undefined;
}

/** How often the series of alarms are written, for history. */
const WRITE_MS = 30_000;
/** More objects at a time are not followed. */
const STORIES_MAX = 50_000;

export class EventPolicies {
  readonly #options: EventPoliciesOptions;
  #policies: readonly WatchedPolicy[] = [];
  /** By policy and labels. */
  readonly #stories = new Map<string, EventStory>();
  #written: WrittenSeries = NOTHING_WRITTEN;
  #cancel: () => void = () => undefined;

  constructor(options: EventPoliciesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.schedule(WRITE_MS, () => {
      this.#write();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** In place of those before; alarms of policies that are gone end. */
  setPolicies(policies: readonly AlarmPolicy[]): void {
    this.#policies = policies
      .filter(({ spec }) => spec.type === 'event')
      .map((policy) => ({
        policy,
        matchers: eventMatchers(policy.spec),
        annotations: Object.entries(policy.spec.annotations).map(
          ([name, text]) => [name, new AlertTemplate(policy.name, text)] as const,
        ),
      }));
    const ids = new Set(this.#policies.map(({ policy }) => policy.id));
    for (const [key, { policyId }] of this.#stories) {
      if (!ids.has(policyId)) this.#stories.delete(key);
    }
  }

  /** How many objects alarm, by the id of the policy. */
  firingCount(policyId: string): number {
    const nowMs = this.#options.clock.nowMs();
    return [...this.#stories.values()].filter(
      (story) => story.policyId === policyId && isFiring(story, nowMs),
    ).length;
  }

  /** Resolves when all alarms that follow have been told. */
  async take(events: readonly EventOccurrence[]): Promise<void> {
    for (const event of events) {
      const labels = objectLabels(event);
      for (const watched of this.#policies) {
        for (const matcher of watched.matchers) {
          if (matcher.matches(event, labels)) await this.#note(watched, matcher, event, labels);
        }
      }
    }
  }

  async #note(
    watched: WatchedPolicy,
    { minCount, windowMs }: EventMatcher,
    event: EventOccurrence,
    object: Labels,
  ): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    // What a cluster tells at the beginning is past.
    if (event.lastMs <= nowMs - windowMs) return;
    const story = this.#story(watched.policy, object, windowMs);
    if (story === undefined) return;
    story.seen.push({ atMs: event.lastMs, count: event.delta });
    story.seen = story.seen.filter(({ atMs }) => atMs > nowMs - windowMs);
    const count = story.seen.reduce((sum, one) => sum + one.count, 0);
    if (count < minCount) return;
    if (!isFiring(story, nowMs)) story.sinceMs = nowMs;
    await this.#tell(watched, story, event, count, nowMs);
  }

  #story(policy: AlarmPolicy, object: Labels, windowMs: number): EventStory | undefined {
    const key = `${policy.id} ${object.key}`;
    const known = this.#stories.get(key);
    if (known !== undefined) return known;
    if (this.#stories.size >= STORIES_MAX) return undefined;
    const labels = Labels.fromEntries([
      ...new Map([
        ...object.entries(),
        ...Object.entries(policy.labels),
        ['policy_id', policy.id],
        ['severity', policy.spec.severity],
        ['alarm_type', 'event'],
        [ALERT_NAME, policy.name],
      ]),
    ]);
    const made = { policyId: policy.id, labels, windowMs, seen: [], sinceMs: undefined };
    this.#stories.set(key, made);
    return made;
  }

  async #tell(
    { annotations }: WatchedPolicy,
    { labels, sinceMs = 0, windowMs }: EventStory,
    event: ClusterEvent,
    count: number,
    nowMs: number,
  ): Promise<void> {
    const { alerts, externalUrl } = this.#options;
    const texts: string[] = ['summary', event.message, 'message', event.message];
    for (const [name, template] of annotations) {
      const data = { labels, externalLabels: Labels.EMPTY, externalUrl, value: count };
      const context = { timestampMs: nowMs, externalUrl, query: () => Promise.resolve([]) };
      texts.push(name, await template.expand(data, context, () => undefined));
    }
    alerts.send([
      {
        labels,
        annotations: Labels.fromPairs(texts),
        startsAtMs: sinceMs,
        // Over by itself when the event does not come again.
        endsAtMs: event.lastMs + windowMs,
        generatorUrl: externalUrl,
        updatedAtMs: nowMs,
        timesOut: false,
      },
    ]);
  }

  #write(): void {
    const nowMs = this.#options.clock.nowMs();
    const samples = [];
    for (const [key, story] of this.#stories) {
      if (isFiring(story, nowMs)) {
        const labels = story.labels.with(METRIC_NAME, ALERTS).with('alertstate', 'firing');
        samples.push({ labels, value: 1 });
      } else if (lastMs(story) <= nowMs - story.windowMs) {
        this.#stories.delete(key);
      }
    }
    this.#written = writeSamples(this.#options.sink, samples, nowMs, this.#written).series;
  }
}

function lastMs({ seen }: EventStory): number {
  return seen.at(-1)?.atMs ?? 0;
}

function isFiring(story: EventStory, nowMs: number): boolean {
  return story.sinceMs !== undefined && lastMs(story) + story.windowMs > nowMs;
}
