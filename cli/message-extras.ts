/** What messages of alarm policies say besides their templates, in the running program. */
import type { Logger } from '../model/logger.ts';
import type {
  FindDetails,
  MessageExtras,
  MessageFact,
  MessageLink,
  MessageSettings,
} from '../notify/extras/message-extras.ts';
import { MessageExtrasSource } from '../notify/extras/message-extras.ts';
import type { Notification, NotifiedAlert } from '../notify/notifier.ts';
import type { ChartData } from '../notify/picture/chart-data.ts';
import { spanText, valueText } from '../notify/picture/value-text.ts';
import { MESSAGE_WORDS } from '../rules/message/message-words.ts';
import { objectLinks, objectName } from '../rules/message/object-links.ts';
import {
  type AlarmChart,
  alarmChart,
  type PolicyDetailsOptions,
  recentThings,
} from '../rules/message/policy-details.ts';

export interface MessageExtrasParts extends PolicyDetailsOptions {
  readonly externalUrl: string;
  readonly settings: () => MessageSettings;
  readonly logger: Logger;
}

const VALUE_LENGTH_MAX = 300;
const THINGS_MAX = 2;

function messageExtras(parts: MessageExtrasParts): MessageExtrasSource {
  const find: FindDetails = async (notification, settings, signal) => {
    const [alarm, others] = alarmsOf(notification);
    if (alarm === undefined) return undefined;
    const policy = parts.findPolicy(alarm.labels.get('policy_id'));
    if (policy === undefined) return undefined;
    const { nowMs } = notification;
    const told = [alarm, ...others];
    const [chart, recent] = await Promise.all([
      alarmChart(policy, told, nowMs, parts, signal).catch(() => undefined),
      recentThings(alarm, nowMs, parts.history, signal).catch(() => ({ events: [], changes: [] })),
    ]);
    const title = alarm.labels.get('alertname');
    const names = { ...parts, settings };
    return {
      title,
      facts: factsOf(alarm, notification, chart, recent, settings),
      links: linksOf(alarm, chart, names),
      chart: chart && chartData(alarm, chart, settings),
    };
  };
  return new MessageExtrasSource(find, parts.settings, parts.logger);
}

/** The alarm that the message is about, and others of its policy. */
function alarmsOf({
  alerts,
}: Notification): readonly [NotifiedAlert | undefined, readonly NotifiedAlert[]] {
  const own = alerts.filter(({ labels }) => labels.has('policy_id'));
  const first = own.find(({ status }) => status === 'firing') ?? own[0];
  const id = first?.labels.get('policy_id');
  return [first, own.filter((one) => one !== first && one.labels.get('policy_id') === id)];
}

function factsOf(
  alarm: NotifiedAlert,
  { alerts, nowMs }: Notification,
  chart: AlarmChart | undefined,
  recent: Awaited<ReturnType<typeof recentThings>>,
  { language, timezone }: MessageSettings,
): readonly MessageFact[] {
  const words = MESSAGE_WORDS[language];
  const at = (timeMs: number): string =>
    new Date(timeMs).toLocaleString('sv-SE', { timeZone: timezone });
  const { labels, annotations, startsAtMs, endsAtMs } = alarm;
  const values = chart?.series[0]?.values;
  const value = values?.[values.length - 1];
  const facts: (readonly [string, string])[] = [
    [words.object, objectName(labels)],
    [words.summary, annotations.get('summary')],
    [words.value, value === undefined ? '' : valueText(value, chart?.unit ?? '')],
    [words.threshold, thresholdText(chart)],
    [words.severity, labels.get('severity')],
    [words.since, `${at(startsAtMs)} (${timezone})`],
    [words.duration, spanText((endsAtMs ?? nowMs) - startsAtMs)],
    [words.alarms, alerts.length > 1 ? words.more(alerts.length) : ''],
    ...recent.events
      .slice(0, THINGS_MAX)
      .map(({ atMs, text }) => [words.event, `${at(atMs)} ${text}`] as const),
    ...recent.changes
      .slice(0, THINGS_MAX)
      .map(({ atMs, text }) => [words.change, `${at(atMs)} ${text}`] as const),
  ];
  return facts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({ name, value: text.slice(0, VALUE_LENGTH_MAX) }));
}

function thresholdText(chart: AlarmChart | undefined): string {
  if (chart?.threshold === undefined) return '';
  const { sign, values } = chart.threshold;
  return `${sign} ${values.map((value) => valueText(value, chart.unit)).join(' – ')}`.trim();
}

function linksOf(
  { labels, annotations }: NotifiedAlert,
  chart: AlarmChart | undefined,
  { externalUrl, settings }: { readonly externalUrl: string; readonly settings: MessageSettings },
): readonly MessageLink[] {
  const words = MESSAGE_WORDS[settings.language];
  const runbook = annotations.get('runbook_url');
  const query = chart === undefined ? '' : `/explore?g0.expr=${encodeURIComponent(chart.text)}`;
  const filter = encodeURIComponent(labels.get('alertname'));
  return [
    ...(/^https?:\/\//.test(runbook) ? [{ name: words.runbook, url: runbook }] : []),
    ...objectLinks(labels).map(({ kind, path }) => ({
      name: words[kind],
      url: externalUrl + path,
    })),
    ...(query === '' ? [] : [{ name: words.explore, url: externalUrl + query }]),
    { name: words.why, url: `${externalUrl}/alerts?q=${filter}` },
  ];
}

function chartData(
  { labels, status, startsAtMs, endsAtMs }: NotifiedAlert,
  { unit, threshold, fromMs, toMs, stepMs, series }: AlarmChart,
  { language, timezone }: MessageSettings,
): ChartData {
  return {
    title: labels.get('alertname'),
    subtitle: objectName(labels),
    status,
    severity: labels.get('severity'),
    unit,
    threshold,
    fromMs,
    toMs,
    stepMs,
    series: series.map(({ labels: own, timesMs, values }) => {
      return { name: objectName(own) || own.toString(), timesMs, values };
    }),
    bands: [{ fromMs: startsAtMs, toMs: endsAtMs ?? toMs }],
    language,
    timezone,
  };
}

/** Receivers are made before it is known what is to be said of alarms. */
export class LateMessageExtras {
  #source: MessageExtrasSource | undefined;

  know(parts: MessageExtrasParts): void {
    this.#source = messageExtras(parts);
  }

  readonly of = (notification: Notification): Promise<MessageExtras | undefined> =>
    this.#source?.of(notification) ?? Promise.resolve(undefined);
}
