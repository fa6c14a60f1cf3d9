/** Messages that people send to see whether they arrive. They are marked, and leave no trace in the log. */
import { randomUUID } from 'node:crypto';
import { alertFingerprint } from '../model/alert-fingerprint.ts';
import { Labels } from '../model/labels.ts';
import type { AlertStatus, Integration, Notification, NotifyResult } from './notifier.ts';
import type { Route } from './route.ts';

export interface TestAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly status: AlertStatus;
}

export interface IntegrationTest {
  /** `webhook[0]` */
  readonly integration: string;
  /** `skipped`: it does not want to know that alerts are resolved. */
  readonly status: 'sent' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Why it failed, or what was not as it should be. */
  readonly message: string | undefined;
  /** Of the service, without secrets, cut at `ANSWER_LENGTH_MAX`. */
  readonly answers: readonly { readonly status: number; readonly text: string }[];
}

const MARK = 'TEST';
/** Shown in the subject of messages, and keeps the group apart from the real one. */
const MARK_LABEL = 'test';
const MARKED_ANNOTATIONS = ['summary', 'description', 'message'];
const ANSWER_LENGTH_MAX = 2000;

/** The alert with its name and texts marked. Its own labels are what routes are found by. */
export function markedAlert({ labels, annotations, status }: TestAlert): TestAlert {
  const name = labels.get('alertname');
  const marked = new Map(annotations.entries());
  if (!MARKED_ANNOTATIONS.some((one) => marked.has(one))) {
    marked.set('summary', 'somebody tries whether messages arrive, nothing is wrong');
  }
  for (const one of MARKED_ANNOTATIONS) {
    const text = marked.get(one);
    if (text !== undefined) marked.set(one, `${MARK}: ${text}`);
  }
  return {
    labels: withMark(labels, ['alertname', name === '' ? MARK : `${MARK}: ${name}`]),
    annotations: Labels.fromEntries(marked),
    status,
  };
}

function withMark(labels: Labels, ...more: (readonly [string, string])[]): Labels {
  return Labels.fromEntries(new Map([...labels.entries(), ...more, [MARK_LABEL, MARK]]));
}

/** What the receiver of a route is told of a marked alert. */
export function testNotification(
  receiver: string,
  { labels, annotations, status }: TestAlert,
  route: Pick<Route, 'groupLabels' | 'groupKey' | 'options'>,
  nowMs: number,
): Notification {
  const groupLabels = withMark(route.groupLabels(labels));
  return {
    receiver,
    status,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAtMs: nowMs,
        endsAtMs: status === 'resolved' ? nowMs : undefined,
        generatorUrl: '',
        fingerprint: alertFingerprint(labels),
      },
    ],
    reason: status === 'resolved' ? 'all alerts resolved' : 'first notification',
    groupLabels,
    routeLabels: route.options.labels,
    groupKey: route.groupKey(groupLabels),
    nowMs,
    id: randomUUID(),
    data: {},
  };
}

/** One attempt of each integration, all at once. */
export function sendTest(
  integrations: readonly Integration[],
  notification: Notification,
  signal: AbortSignal,
): Promise<readonly IntegrationTest[]> {
  return Promise.all(integrations.map((one) => tryIntegration(one, notification, signal)));
}

async function tryIntegration(
  { kind, index, sendResolved, notifier }: Integration,
  notification: Notification,
  signal: AbortSignal,
): Promise<IntegrationTest> {
  const integration = `${kind}[${index}]`;
  if (notification.status === 'resolved' && !sendResolved) {
    const message = 'it is not told of what is resolved (send_resolved)';
    return { integration, status: 'skipped', durationMs: 0, message, answers: [] };
  }
  const answers: { readonly status: number; readonly text: string }[] = [];
  const onAnswer = (status: number, text: string): void => {
    answers.push({ status, text: text.slice(0, ANSWER_LENGTH_MAX) });
  };
  const startMs = performance.now();
  const result = await attempt(notifier, { ...notification, onAnswer }, signal);
  const durationMs = Math.round(performance.now() - startMs);
  const message = result.kind === 'sent' ? result.warning : result.message;
  return { integration, status: result.kind, durationMs, message, answers };
}

async function attempt(
  notifier: Integration['notifier'],
  notification: Notification,
  signal: AbortSignal,
): Promise<NotifyResult> {
  try {
    return await notifier.notify(notification, signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', retry: false, reason: 'other', message };
  }
}
