/** Makes a back-test: the rules over stored data, then the notification engine over their alerts. */
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import { Labels } from '../../model/labels.ts';
import type { SampleSource } from '../../model/source.ts';
import type { Silence } from '../../notify/silence.ts';
import { type Simulation, simulateNotifications } from '../../notify/simulate-notifications.ts';
import type { EngineOptions } from '../../promql/engine/engine-options.ts';
import type { AlertEpisode } from '../../rules/back-test/alert-episodes.ts';
import { backTest, type RuleBackTest } from '../../rules/back-test/back-test.ts';
import { episodeMessages, type TimedAlert } from '../../rules/back-test/episode-messages.ts';
import { storedAlerts } from '../../rules/back-test/stored-alerts.ts';
import type { RuleSettings } from '../../rules/manager/rule-manager.ts';
import type { BackTestRequest } from './back-test-request.ts';
import { type NotificationSummary, notificationSummary } from './notification-summary.ts';

export interface BackTestDeps {
  readonly source: SampleSource;
  readonly engine: EngineOptions;
  readonly settings: () => RuleSettings;
  readonly resendDelayMs: number;
  readonly notifications: () => {
    readonly config: NotificationConfig;
    readonly silences: readonly Silence[];
  };
}

export interface BackTestAnswer {
  readonly start: string;
  readonly end: string;
  readonly rules: readonly unknown[];
  readonly notifications: NotificationSummary;
  /** With what is in force, where the request changes routes, inhibition or silences. */
  readonly notificationsNow?: NotificationSummary;
}

const NOTIFICATIONS_MAX = 50_000;
const EPISODES_SHOWN_MAX = 5000;
const ALERTS_INTERVAL_MS = 60_000;

/** @throws BackTestError, QueryError, what the store throws, the signal's reason */
export async function runBackTest(
  request: BackTestRequest,
  deps: BackTestDeps,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<BackTestAnswer> {
  const { startMs, endMs } = request;
  const { rules, messages } =
    request.files === undefined
      ? await storedHistory(request, deps, signal)
      : await testedRules(request, deps, signal, onProgress);
  const now = deps.notifications();
  const { config = now.config, silences = now.silences } = request;
  const simulate = async (with_: Pick<typeof now, 'config' | 'silences'>): Promise<Simulation> =>
    simulateNotifications(messages, {
      ...with_,
      startMs,
      endMs,
      notificationsMax: NOTIFICATIONS_MAX,
      signal,
    });
  const isChanged = request.config !== undefined || request.silences !== undefined;
  const answer = {
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
    rules,
    notifications: notificationSummary(await simulate({ config, silences }), request),
  };
  if (!isChanged) return answer;
  return { ...answer, notificationsNow: notificationSummary(await simulate(now), request) };
}

interface TestedAlerts {
  readonly rules: readonly unknown[];
  readonly messages: readonly TimedAlert[];
}

async function testedRules(
  { files = [], startMs, endMs }: BackTestRequest,
  deps: BackTestDeps,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<TestedAlerts> {
  const settings = deps.settings();
  const tests = await backTest(files, {
    source: deps.source,
    engine: deps.engine,
    startMs,
    endMs,
    defaultIntervalMs: settings.evaluationIntervalMs,
    defaultQueryOffsetMs: settings.queryOffsetMs,
    externalLabels: settings.externalLabels,
    externalUrl: settings.externalUrl,
    signal,
    onProgress,
  });
  const { externalLabels, externalUrl, relabelAlert: relabel } = settings;
  const options = { externalLabels, externalUrl, relabel };
  const messages = tests.flatMap((test) =>
    episodeMessages(test, endMs, deps.resendDelayMs, options),
  );
  return { rules: tests.map(ruleJson), messages };
}

/** Alerts as they were: relabelling and external labels are the only things that are done again. */
async function storedHistory(
  { startMs, endMs }: BackTestRequest,
  deps: BackTestDeps,
  signal: AbortSignal,
): Promise<TestedAlerts> {
  const samplesMax = deps.engine.readSamplesMax;
  const episodes = await storedAlerts(deps.source, { startMs, endMs, samplesMax }, signal);
  const { externalLabels, externalUrl, relabelAlert: relabel } = deps.settings();
  const source = { exprText: '', intervalMs: ALERTS_INTERVAL_MS, episodes };
  const messages = episodeMessages(source, endMs, deps.resendDelayMs, {
    externalLabels,
    externalUrl,
    relabel,
  });
  const byName = Map.groupBy(episodes, ({ labels }) => labels.get('alertname'));
  const rules = [...byName].map(([rule, own]) => ({ rule, ...episodesJson(own) }));
  return { rules, messages };
}

function ruleJson(test: RuleBackTest): unknown {
  return {
    file: test.file,
    group: test.group,
    rule: test.rule,
    query: test.exprText,
    labels: Object.fromEntries(test.labels),
    interval: test.intervalMs / 1000,
    for: test.forMs / 1000,
    keepFiringFor: test.keepFiringForMs / 1000,
    evaluations: test.evaluationCount,
    failures: test.failedCount,
    ...(test.problem === '' ? {} : { lastError: test.problem }),
    ...episodesJson(test.episodes),
  };
}

/** Alerts with the times in which they were pending and firing. */
function episodesJson(episodes: readonly AlertEpisode[]): object {
  const firedCount = episodes.filter(({ firedAtMs }) => firedAtMs !== undefined).length;
  const byAlert = Map.groupBy(episodes.slice(0, EPISODES_SHOWN_MAX), ({ labels }) => labels.key);
  return {
    fired: firedCount,
    pendingOnly: episodes.length - firedCount,
    ...(episodes.length > EPISODES_SHOWN_MAX ? { isCut: true } : {}),
    alerts: [...byAlert.values()].map((own) => ({
      labels: Object.fromEntries((own[0]?.labels ?? Labels.EMPTY).entries()),
      intervals: own.map(episodeJson),
    })),
  };
}

function episodeJson(episode: AlertEpisode): unknown {
  const time = (timeMs: number | undefined): string | undefined =>
    timeMs === undefined ? undefined : new Date(timeMs).toISOString();
  const { activeAtMs, firedAtMs, endedAtMs, firstValue, peakValue, lastValue } = episode;
  return {
    activeAt: time(activeAtMs),
    firedAt: time(firedAtMs),
    endedAt: time(endedAtMs),
    ...(Number.isNaN(firstValue) ? {} : { first: firstValue, peak: peakValue, last: lastValue }),
  };
}
