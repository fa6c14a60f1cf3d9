/** `/alerts/why`: decisions about alerts, and what follows from them. */
import { Hono } from 'hono';
import type { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import { MatcherError } from '../../model/alert-matchers/lexer.ts';
import { parseMatchers } from '../../model/alert-matchers/parse-matchers.ts';
import { RegexError } from '../../model/matcher.ts';
import { invalidParameter } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { type Params, readParams } from '../prometheus/params.ts';
import { answerWhy, type WhyDeps } from './why-answer.ts';

const DAY_MS = 86_400_000;
const LOOK_BACK_MS = 7 * DAY_MS;
const ALERTS_DEFAULT = 20;
const ALERTS_MAX = 200;
const DECISIONS_MAX = 500;

export function whyRoutes(deps: WhyDeps): Hono {
  const app = new Hono();
  app.get('/alerts/why', async (c) => {
    const params = await readParams(c);
    const timeMs = params.timeMs('time', deps.now());
    const fromMs = params.timeMs('from', timeMs - LOOK_BACK_MS);
    if (fromMs > timeMs) throw invalidParameter('from', 'from must not be after time');
    const fingerprint = params.get('fingerprint');
    if (fingerprint !== '' && !/^[0-9a-f]{16}$/.test(fingerprint)) {
      throw invalidParameter('fingerprint', 'not 16 hexadecimal digits');
    }
    const matchers = readFilters(params);
    if (fingerprint === '' && matchers.length === 0) {
      throw invalidParameter('filter', 'say which alert: filter=alertname="X", or fingerprint=…');
    }
    const alertsMax = Math.min(ALERTS_MAX, params.limit() || ALERTS_DEFAULT);
    const question = {
      fingerprint,
      matchers,
      fromMs,
      timeMs,
      alertsMax,
      decisionsMax: DECISIONS_MAX,
    };
    return success(c, await answerWhy(question, deps, c.req.raw.signal));
  });
  return app;
}

/** `filter=alertname="X"` or `filter={alertname="X",job="y"}`, any number of them. @throws ApiError */
export function readFilters(params: Params): readonly AlertMatcher[] {
  return params.all('filter').flatMap((text) => {
    try {
      return parseMatchers(text, 'fallback');
    } catch (error) {
      if (!(error instanceof MatcherError) && !(error instanceof RegexError)) throw error;
      throw invalidParameter('filter', error.message);
    }
  });
}
