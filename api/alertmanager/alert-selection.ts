/** Which alerts a request asks for. */
import type { Context } from 'hono';
import { type Alert, isResolvedAt } from '../../model/alert.ts';
import type { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import type { AlertSilencers } from '../../notify/notification-engine.ts';
import type { AlertmanagerDeps } from './alertmanager-deps.ts';
import { matcherParams, matchesFilter, receiverParam, switchParam } from './query-params.ts';

export interface AlertSelection {
  /** @returns what keeps the alert silent; undefined when it is not asked for */
  readonly take: (fingerprint: string, alert: Alert) => AlertSilencers | undefined;
  readonly takesReceiver: (name: string) => boolean;
}

/** @throws ParamError */
export function alertSelection(c: Context, { source, now }: AlertmanagerDeps): AlertSelection {
  const matchers = matcherParams(c, 'filter');
  const takesName = receiverParam(c) ?? (() => true);
  const receiverMatchers = receiverMatcherParams(c);
  const active = switchParam(c, 'active');
  const silenced = switchParam(c, 'silenced');
  const inhibited = switchParam(c, 'inhibited');
  const nowMs = now();
  return {
    take: (fingerprint, alert) => {
      if (isResolvedAt(alert, nowMs)) return undefined;
      const { labels } = alert;
      const get = (name: string) => (labels.has(name) ? labels.get(name) : undefined);
      if (!matchesFilter(matchers, get)) return undefined;
      const silencers = source.engine.silencersOf(fingerprint, labels);
      const isSilenced = silencers.silencedBy.length > 0;
      const isInhibited = silencers.inhibitedBy.length > 0;
      const isTaken =
        (active || isSilenced || isInhibited) &&
        (silenced || !isSilenced) &&
        (inhibited || !isInhibited);
      return isTaken ? silencers : undefined;
    },
    takesReceiver: receiverTest(source.config.receivers, takesName, receiverMatchers),
  };
}

/** @throws ParamError */
export function receiverMatcherParams(c: Context): readonly AlertMatcher[] {
  return matcherParams(c, 'receiver_matchers', 'failed to parse receiver_matchers param: ');
}

interface LabelledReceiver {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every receiver has the label `name`. */
export function receiverLabels({ name, labels }: LabelledReceiver): Record<string, string> {
  return { ...labels, name };
}

function receiverTest(
  receivers: readonly LabelledReceiver[],
  takesName: (name: string) => boolean,
  matchers: readonly AlertMatcher[],
): (name: string) => boolean {
  const taken = new Set(
    receivers
      .filter((receiver) => takesName(receiver.name))
      .filter((receiver) => {
        const labels = receiverLabels(receiver);
        return matchesFilter(matchers, (name) => labels[name]);
      })
      .map(({ name }) => name),
  );
  return (name) => taken.has(name);
}
