/** `/silences` and `/silence/{id}`. */
import { type Context, Hono } from 'hono';
import type { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import {
  type Silence,
  SilenceError,
  type SilenceState,
  silenceState,
} from '../../notify/silence.ts';
import { jsonAnswer } from '../server/body-answer.ts';
import { silenceJson } from './alert-json.ts';
import type { AlertmanagerDeps } from './alertmanager-deps.ts';
import { BodyError, CODE, emptyAnswer, textAnswer } from './body-error.ts';
import { matcherParams, switchParam } from './query-params.ts';
import { readJsonBody } from './read-json.ts';
import { readPostedSilence } from './read-posted-silence.ts';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const STATES: readonly SilenceState[] = ['active', 'pending', 'expired'];

export function silenceRoutes({ source, now }: AlertmanagerDeps): Hono {
  const app = new Hono();

  app.get('/silences', (c) => {
    const matchers = matcherParams(c, 'filter');
    const states = new Set(STATES.filter((state) => switchParam(c, state)));
    const nowMs = now();
    const silences = source.engine.silences
      .all()
      .filter((silence) => states.size === 0 || states.has(silenceState(silence, nowMs)))
      .filter((silence) => hasMatchers(silence, matchers))
      .sort((a, b) => compareSilences(a, b, nowMs));
    return jsonAnswer(c, JSON.stringify(silences.map((silence) => silenceJson(silence, nowMs))));
  });

  app.post('/silences', async (c) => {
    const request = await readJsonBody(c, 'silence', readPostedSilence);
    const nowMs = now();
    if (request.startsAtMs >= request.endsAtMs) {
      return textAnswer(c, 400, 'Failed to create silence: start time must be before end time');
    }
    if (request.endsAtMs < nowMs) {
      return textAnswer(c, 400, "Failed to create silence: end time can't be in the past");
    }
    try {
      const { id } = source.engine.silences.set(request);
      // What has been acknowledged survives a crash.
      await source.engine.settled();
      return jsonAnswer(c, JSON.stringify({ silenceID: id }));
    } catch (error) {
      if (!(error instanceof SilenceError)) throw error;
      return textAnswer(c, error.kind === 'not found' ? 404 : 400, error.message);
    }
  });

  app.get('/silence/:id', (c) => {
    const silence = source.engine.silences.get(idParam(c));
    if (silence === undefined) return emptyAnswer(c, 404);
    return jsonAnswer(c, JSON.stringify(silenceJson(silence, now())));
  });

  app.delete('/silence/:id', async (c) => {
    try {
      source.engine.silences.expire(idParam(c));
      await source.engine.settled();
      return emptyAnswer(c, 200);
    } catch (error) {
      if (error instanceof SilenceError && error.kind === 'not found') return emptyAnswer(c, 404);
      throw error;
    }
  });
  return app;
}

/** @throws BodyError */
function idParam(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (UUID.test(id)) return id;
  const message = `silenceID in path must be of type uuid: ${JSON.stringify(id)}`;
  throw new BodyError(422, CODE.wrongType, message);
}

function hasMatchers({ matchers }: Silence, wanted: readonly AlertMatcher[]): boolean {
  return wanted.every((one) => matchers.some((matcher) => matcher.equals(one)));
}

/** Active ones by their end, pending ones by their start, expired ones by their end, last first. */
function compareSilences(a: Silence, b: Silence, nowMs: number): number {
  const state = silenceState(a, nowMs);
  const order = STATES.indexOf(state) - STATES.indexOf(silenceState(b, nowMs));
  if (order !== 0) return order;
  if (state === 'active') return a.endsAtMs - b.endsAtMs;
  return state === 'pending' ? a.startsAtMs - b.startsAtMs : b.endsAtMs - a.endsAtMs;
}
