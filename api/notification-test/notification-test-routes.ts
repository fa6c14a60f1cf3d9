/** Messages that people send to see whether they arrive: by receiver, or by the alert's own way. */
import { type Context, Hono } from 'hono';
import { alertFingerprint } from '../../model/alert-fingerprint.ts';
import { Labels } from '../../model/labels.ts';
import { Route } from '../../notify/route.ts';
import {
  markedAlert,
  sendTest,
  type TestAlert,
  testNotification,
} from '../../notify/test-notification.ts';
import type { AlertmanagerDeps, NotificationSource } from '../alertmanager/alertmanager-deps.ts';
import { parseJsonBody } from '../back-test/back-test-request.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';

const TEST_MS_MAX = 30_000;
const BODY_LENGTH_MAX = 1024 * 1024;

export function notificationTestRoutes({
  source,
  now,
}: Pick<AlertmanagerDeps, 'source' | 'now'>): Hono {
  const app = new Hono();
  app.post('/receivers/:name/test', async (c) => {
    const receiver = c.req.param('name');
    const integrations = source.integrations.get(receiver);
    if (integrations === undefined) {
      throw new ApiError('not_found', `there is no receiver ${JSON.stringify(receiver)}`);
    }
    const alert = markedAlert(await readTestAlert(c));
    const notification = testNotification(receiver, alert, rootRoute(source), now());
    const tests = await sendTest(integrations, notification, testSignal(c));
    return success(c, { receiver, integrations: tests });
  });
  app.post('/alerts/test', async (c) => {
    const alert = await readTestAlert(c);
    if (alert.labels.size === 0)
      throw new ApiError('bad_data', 'labels: an alert has at least one');
    const { engine } = source;
    const fingerprint = alertFingerprint(alert.labels);
    const { silencedBy, inhibitedBy } = engine.silencersOf(fingerprint, alert.labels);
    // It is no alert of the engine's, so nothing else would forget what was found out about it.
    engine.silences.forgetAlert(fingerprint);
    const isSilent = silencedBy.length + inhibitedBy.length > 0;
    const marked = markedAlert(alert);
    const signal = testSignal(c);
    const routes = engine.routesOf(alert.labels).map(async (route) => {
      const { receiver } = route.options;
      const mute = engine.muteOf({ route });
      const notification = testNotification(receiver, marked, route, now());
      const integrations =
        isSilent || mute !== undefined
          ? []
          : await sendTest(source.integrations.get(receiver) ?? [], notification, signal);
      const { groupKey } = notification;
      return { receiver, route: route.key, groupKey, mutedBy: mute?.by ?? [], integrations };
    });
    return success(c, { silencedBy, inhibitedBy, routes: await Promise.all(routes) });
  });
  return app;
}

function rootRoute({ config }: NotificationSource): Route {
  return new Route(config.route);
}

function testSignal(c: Context): AbortSignal {
  return AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(TEST_MS_MAX)]);
}

/** @throws ApiError. A body is not needed. */
async function readTestAlert(c: Context): Promise<TestAlert> {
  const text = await c.req.text();
  if (text.length > BODY_LENGTH_MAX) throw new ApiError('bad_data', 'the body is too large');
  const body = text.trim() === '' ? {} : (parseJsonBody(text) as Record<string, unknown>);
  const { labels, annotations, status = 'firing', ...others } = body;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new ApiError('bad_data', `${unknown}: there is no such field`);
  if (status !== 'firing' && status !== 'resolved') {
    throw new ApiError('bad_data', 'status: firing or resolved');
  }
  return {
    labels: readLabels(labels, 'labels'),
    annotations: readLabels(annotations, 'annotations'),
    status,
  };
}

function readLabels(value: unknown, field: string): Labels {
  if (value === undefined) return Labels.EMPTY;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('bad_data', `${field}: an object of texts`);
  }
  const entries = Object.entries(value).map(([name, text]) => {
    if (typeof text !== 'string') throw new ApiError('bad_data', `${field}.${name}: a text`);
    if (name === '') throw new ApiError('bad_data', `${field}: a name is empty`);
    return [name, text] as const;
  });
  return Labels.fromEntries(entries.filter(([, text]) => text !== ''));
}
