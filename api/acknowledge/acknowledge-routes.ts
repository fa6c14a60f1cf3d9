/** `/alerts/ack`: somebody takes alerts upon themselves. */
import { Hono } from 'hono';
import { type Alert, isResolvedAt } from '../../model/alert.ts';
import type { AlertDecisionSink, DecisionKind } from '../../model/alert-decisions.ts';
import { matchesAlert } from '../../model/alert-matchers/alert-matcher.ts';
import type { Acknowledgement, Acknowledgements } from '../../notify/acknowledgements.ts';
import { acknowledgementJson } from '../alertmanager/alert-json.ts';
import type { NotificationSource } from '../alertmanager/alertmanager-deps.ts';
import { parseJsonBody } from '../back-test/back-test-request.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { parseApiDurationMs, parseTimeMs } from '../prometheus/params.ts';
import { readMatchers } from './read-matchers.ts';

export interface AcknowledgeDeps {
  readonly acknowledgements: Acknowledgements;
  readonly source: NotificationSource;
  readonly sink: AlertDecisionSink;
  readonly now: () => number;
}

/** Each is a document that is written before the answer. */
const ALERTS_MAX = 1000;
const TEXT_LENGTH_MAX = 2000;
const BODY_LENGTH_MAX = 64 * 1024;

type Body = Readonly<Record<string, unknown>>;

export function acknowledgeRoutes(deps: AcknowledgeDeps): Hono {
  const { acknowledgements, source, now } = deps;
  const app = new Hono();
  app.get('/alerts/ack', (c) => {
    const nowMs = now();
    const shown = [...source.engine.alerts()].flatMap(([fingerprint, alert]) => {
      const found = acknowledgements.of(fingerprint, alert, nowMs);
      return found === undefined ? [] : [shownAcknowledgement(found, alert)];
    });
    return success(c, { acknowledgements: shown });
  });
  app.post('/alerts/ack', async (c) => {
    const text = await c.req.text();
    if (text.length > BODY_LENGTH_MAX) throw new ApiError('bad_data', 'the body is too large');
    const body = parseJsonBody(text) as Body;
    const nowMs = now();
    const createdBy = textOf(body, 'createdBy');
    if (createdBy === '') throw new ApiError('bad_data', 'createdBy is missing: say who you are');
    const comment = textOf(body, 'comment');
    const expiresAtMs = expiryOf(body, nowMs);
    const alerts = firingAlerts(body, source, nowMs);
    for (const [fingerprint] of alerts) {
      await acknowledgements.set({ fingerprint, atMs: nowMs, expiresAtMs, createdBy, comment });
    }
    record(deps, alerts, 'acknowledged', `by ${createdBy}: ${comment}`);
    return success(c, {
      acknowledgements: alerts.flatMap(([fingerprint, alert]) => {
        const found = acknowledgements.of(fingerprint, alert, nowMs);
        return found === undefined ? [] : [shownAcknowledgement(found, alert)];
      }),
    });
  });
  app.delete('/alerts/ack/:fingerprint', async (c) => {
    const { fingerprint } = c.req.param();
    const author = c.req.query('createdBy') ?? '';
    if (!(await acknowledgements.delete(fingerprint, author))) {
      throw new ApiError('not_found', `${fingerprint} is not acknowledged`);
    }
    const alert = source.engine.alertOf(fingerprint);
    const by = author === '' ? '' : `by ${author}`;
    if (alert !== undefined) record(deps, [[fingerprint, alert]], 'unacknowledged', by);
    return success(c, { fingerprint });
  });
  return app;
}

function shownAcknowledgement(acknowledgement: Acknowledgement, { labels }: Alert) {
  const { fingerprint } = acknowledgement;
  return { fingerprint, labels: labels.toRecord(), ...acknowledgementJson(acknowledgement) };
}

type FoundAlert = readonly [fingerprint: string, alert: Alert];

/** @throws ApiError */
function firingAlerts(
  body: Body,
  { engine }: NotificationSource,
  nowMs: number,
): readonly FoundAlert[] {
  const wanted = textOf(body, 'fingerprint');
  const matchers = body['matchers'] === undefined ? [] : readMatchers(body['matchers']);
  if (wanted === '' && matchers.length === 0) {
    throw new ApiError('bad_data', 'say which alerts: fingerprint, or matchers');
  }
  const found = [...engine.alerts()].filter(([fingerprint, alert]) => {
    if (isResolvedAt(alert, nowMs) || (wanted !== '' && fingerprint !== wanted)) return false;
    return matchesAlert(matchers, alert.labels);
  });
  if (found.length === 0) throw new ApiError('not_found', 'no alert that fires matches');
  if (found.length <= ALERTS_MAX) return found;
  throw new ApiError('bad_data', `${found.length} alerts match, more than ${ALERTS_MAX}`);
}

/** `expiresAt`, or `duration` from now; undefined: until it is resolved. @throws ApiError */
function expiryOf(body: Body, nowMs: number): number | undefined {
  const [at, duration] = [textOf(body, 'expiresAt'), textOf(body, 'duration')];
  if (at === '' && duration === '') return undefined;
  const durationMs = at === '' ? parseApiDurationMs(duration) : 0;
  if (typeof durationMs === 'string') throw new ApiError('bad_data', `duration: ${durationMs}`);
  const expiresAtMs = at === '' ? nowMs + durationMs : parseTimeMs(at);
  if (expiresAtMs === undefined) throw new ApiError('bad_data', 'expiresAt is no time');
  if (expiresAtMs <= nowMs) throw new ApiError('bad_data', 'it would have expired already');
  return expiresAtMs;
}

function textOf(body: Body, name: string): string {
  const text = body[name] ?? '';
  if (typeof text !== 'string') throw new ApiError('bad_data', `${name} is no text`);
  if (text.length <= TEXT_LENGTH_MAX) return text;
  throw new ApiError('bad_data', `${name} is longer than ${TEXT_LENGTH_MAX}`);
}

function record(
  { sink, now }: AcknowledgeDeps,
  alerts: readonly FoundAlert[],
  kind: DecisionKind,
  reason: string,
): void {
  const rest = { value: Number.NaN, ruleGroup: '', receiver: '', integration: '', groupKey: '' };
  sink.append(
    alerts.map(([fingerprint, { labels }]) => {
      return { atMs: now(), fingerprint, labels, kind, reason, by: [], attemptCount: 0, ...rest };
    }),
  );
}
