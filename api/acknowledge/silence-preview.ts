/** What a silence would hit: alerts now, and messages that went out. */
import { Hono } from 'hono';
import { isResolvedAt } from '../../model/alert.ts';
import type { AlertDecisionSource, SentMessage } from '../../model/alert-decisions.ts';
import { type AlertMatcher, matchesAlert } from '../../model/alert-matchers/alert-matcher.ts';
import type { NotificationSource } from '../alertmanager/alertmanager-deps.ts';
import { parseJsonBody } from '../back-test/back-test-request.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { readMatchers } from './read-matchers.ts';

export interface SilencePreviewDeps {
  readonly decisions: AlertDecisionSource;
  readonly source: NotificationSource;
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 7;
const DAYS_MAX = 90;
const SHOWN_MAX = 100;
const MESSAGES_MAX = 10_000;
/** A silence that hits more is likely to be too broad. */
const ALERTS_MANY = 20;
const BODY_LENGTH_MAX = 64 * 1024;

export function silencePreviewRoutes({ decisions, source, now }: SilencePreviewDeps): Hono {
  const app = new Hono();
  app.post('/silences/preview', async (c) => {
    const text = await c.req.text();
    if (text.length > BODY_LENGTH_MAX) throw new ApiError('bad_data', 'the body is too large');
    const body = parseJsonBody(text) as Readonly<Record<string, unknown>>;
    const matchers = readMatchers(body['matchers']);
    if (matchers.length === 0) throw new ApiError('bad_data', 'matchers are missing');
    const days = body['days'] ?? DAYS_DEFAULT;
    if (typeof days !== 'number' || !(days > 0 && days <= DAYS_MAX)) {
      throw new ApiError('bad_data', `days is a number up to ${DAYS_MAX}`);
    }
    const nowMs = now();
    const range = { fromMs: nowMs - days * DAY_MS, toMs: nowMs };
    const { signal } = c.req.raw;
    const messages = await decisions.sentMessages(matchers, range, MESSAGES_MAX, signal);
    return success(c, {
      ...hitNow(matchers, source, nowMs),
      history: hitBefore(matchers, messages),
    });
  });
  return app;
}

function hitNow(matchers: readonly AlertMatcher[], { engine }: NotificationSource, nowMs: number) {
  const firing = [...engine.alerts()].filter(([, alert]) => !isResolvedAt(alert, nowMs));
  const hit = firing.filter(([, { labels }]) => matchesAlert(matchers, labels));
  const warnings: string[] = [];
  if (hit.length > ALERTS_MANY) warnings.push(`it hits ${hit.length} alerts that fire now`);
  if (hit.length > 1 && hit.length === firing.length) warnings.push('it hits every alert');
  return {
    alertCount: hit.length,
    alerts: hit.slice(0, SHOWN_MAX).map(([fingerprint, { labels }]) => {
      return { fingerprint, labels: labels.toRecord() };
    }),
    warnings,
  };
}

/** A message is not sent when all its alerts are silent; else it is shorter. */
function hitBefore(matchers: readonly AlertMatcher[], messages: readonly SentMessage[]) {
  const shown = messages.map((message) => {
    const hitCount = message.alerts.filter((labels) => matchesAlert(matchers, labels)).length;
    return { message, hitCount, isMuted: hitCount === message.alerts.length };
  });
  return {
    mutedCount: shown.filter(({ isMuted }) => isMuted).length,
    shortenedCount: shown.filter(({ isMuted }) => !isMuted).length,
    isComplete: messages.length < MESSAGES_MAX,
    messages: shown.slice(0, SHOWN_MAX).map(({ message, hitCount, isMuted }) => ({
      time: new Date(message.atMs).toISOString(),
      receiver: message.receiver,
      integration: message.integration,
      groupKey: message.groupKey,
      muted: isMuted,
      alerts: message.alerts.length,
      silencedAlerts: hitCount,
    })),
  };
}
