/** Alertmanager's HTTP API v2. */
import { Hono } from 'hono';
import { jsonAnswer } from '../server/body-answer.ts';
import { timeText } from './alert-json.ts';
import { alertRoutes } from './alert-routes.ts';
import { receiverLabels, receiverMatcherParams } from './alert-selection.ts';
import type { AlertmanagerDeps } from './alertmanager-deps.ts';
import { BodyError, bodyErrorAnswer, textAnswer } from './body-error.ts';
import { matchesFilter, ParamError } from './query-params.ts';
import { silenceRoutes } from './silence-routes.ts';

/** The version that we answer like: amtool warns of any other than its own. */
const LIKE_VERSION = '0.34.0';

const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/status', ['GET']],
  ['/receivers', ['GET']],
  ['/alerts', ['GET', 'POST']],
  ['/alerts/groups', ['GET']],
  ['/silences', ['GET', 'POST']],
  ['/silence/', ['DELETE', 'GET']],
]);

export function alertmanagerApi(deps: AlertmanagerDeps): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof BodyError) return bodyErrorAnswer(c, error);
    if (error instanceof ParamError) return textAnswer(c, 400, error.message);
    throw error;
  });
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.get('/status', (c) => jsonAnswer(c, JSON.stringify(status(deps))));
  app.get('/receivers', (c) => {
    const matchers = receiverMatcherParams(c);
    const receivers = deps.source.config.receivers
      .map((receiver) => ({ labels: receiverLabels(receiver), name: receiver.name }))
      .filter(({ labels }) => matchesFilter(matchers, (name) => labels[name]));
    return jsonAnswer(c, JSON.stringify(receivers));
  });
  app.route('/', alertRoutes(deps));
  app.route('/', silenceRoutes(deps));
  app.all('*', (c) => {
    const path = c.req.path.replace(/^.*?\/api\/v2/, '');
    const allowed = METHODS.get(path.startsWith('/silence/') ? '/silence/' : path);
    if (allowed === undefined) {
      throw new BodyError(404, 404, `path ${c.req.path} was not found`);
    }
    c.header('Allow', allowed.join(','));
    const text = `method ${c.req.method} is not allowed, but [${allowed.join(',')}] are`;
    throw new BodyError(405, 405, text);
  });
  return app;
}

function status({ source, startTimeMs, version }: AlertmanagerDeps) {
  return {
    // One process tells: there are no peers.
    cluster: { peers: [], status: 'disabled' },
    config: { original: source.config.original },
    uptime: timeText(startTimeMs),
    versionInfo: {
      branch: 'watchkeeper',
      buildDate: '',
      buildUser: '',
      goVersion: '',
      revision: version,
      version: LIKE_VERSION,
    },
  };
}
