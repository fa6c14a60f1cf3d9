/** The HTTP application: everything the program answers, at Prometheus' paths. */
import { type Context, Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { ScrapeManager } from '../collector/scrape/scrape-manager.ts';
import type { Logger } from '../model/logger.ts';
import { type AcknowledgeDeps, acknowledgeRoutes } from './acknowledge/acknowledge-routes.ts';
import {
  type RecurringSilenceDeps,
  recurringSilenceRoutes,
} from './acknowledge/recurring-silence-routes.ts';
import { type SilencePreviewDeps, silencePreviewRoutes } from './acknowledge/silence-preview.ts';
import { alertQualityRoutes } from './alert-quality/quality-routes.ts';
import { alertmanagerApi } from './alertmanager/alertmanager-api.ts';
import type { AlertmanagerDeps } from './alertmanager/alertmanager-deps.ts';
import { type BackTestRouteDeps, backTestRoutes } from './back-test/back-test-routes.ts';
import { type HistoryDeps, historyRoutes } from './cluster-history/history-routes.ts';
import { type CatalogueSource, catalogueRoutes } from './kubernetes/catalogue-routes.ts';
import { type ClusterDeps, clusterRoutes } from './kubernetes/cluster-routes.ts';
import { type MonitorSource, monitorRoutes } from './kubernetes/monitor-routes.ts';
import { type ObjectStateSource, objectStateRoute } from './kubernetes/object-state-route.ts';
import { notificationTestRoutes } from './notification-test/notification-test-routes.ts';
import { type PolicyRouteDeps, policyRoutes } from './policies/policy-routes.ts';
import { type AdminStore, adminRoutes } from './prometheus/admin-routes.ts';
import { ApiError } from './prometheus/api-error.ts';
import { errorResponse, success } from './prometheus/envelope.ts';
import { type FederateDeps, federateRoute } from './prometheus/federate.ts';
import { labelRoutes } from './prometheus/label-routes.ts';
import { type OtlpDeps, otlpRoutes } from './prometheus/otlp-routes.ts';
import { type PushDeps, pushRoutes } from './prometheus/push-routes.ts';
import { type QueryDeps, queryRoutes } from './prometheus/query-routes.ts';
import { type ReadDeps, readRoute } from './prometheus/read-route.ts';
import { type RuleSource, ruleRoutes } from './prometheus/rule-routes.ts';
import { searchRoutes } from './prometheus/search/search-routes.ts';
import { type SqlStore, sqlRoute } from './prometheus/sql-route.ts';
import { type StatusSource, statusRoutes } from './prometheus/status-routes.ts';
import { targetRoutes } from './prometheus/target-routes.ts';
import { type WriteDeps, writeRoutes } from './prometheus/write-routes.ts';
import { firstPage } from './server/first-page.ts';
import { gzip } from './server/gzip.ts';
import { httpMetrics } from './server/http-metrics.ts';
import { type Lifecycle, lifecycleRoutes } from './server/lifecycle-routes.ts';
import { localOnly } from './server/local-only.ts';
import { requestSpan } from './server/request-span.ts';
import { webAppRoutes } from './web/web-app-routes.ts';
import type { WhyDeps } from './why/why-answer.ts';
import { whyRoutes } from './why/why-routes.ts';

export interface AlertmanagerUrls {
  readonly active: readonly string[];
  readonly dropped: readonly string[];
}

export interface AppDeps {
  readonly registry: Registry;
  readonly logger: Logger;
  readonly query: QueryDeps;
  readonly scrape: ScrapeManager;
  readonly clusters: ClusterDeps;
  readonly objectState: ObjectStateSource;
  readonly monitors: MonitorSource;
  readonly rules: RuleSource;
  readonly catalogue: CatalogueSource;
  readonly alertmanager: AlertmanagerDeps;
  readonly policies: PolicyRouteDeps;
  /** Other ones, that our rules' alerts go to. */
  readonly alertmanagers: AlertmanagerUrls;
  readonly why: WhyDeps & AcknowledgeDeps & SilencePreviewDeps & RecurringSilenceDeps;
  readonly backTest: BackTestRouteDeps;
  readonly write: WriteDeps & OtlpDeps & PushDeps;
  readonly read: ReadDeps;
  readonly status: StatusSource;
  readonly admin: AdminStore;
  readonly isAdminEnabled: boolean;
  readonly federate: FederateDeps;
  readonly sql: SqlStore;
  readonly history: HistoryDeps;
  readonly lifecycle: Lifecycle;
  readonly isLifecycleEnabled: boolean;
  /** Where the web application was built; without one there is a plain first page. */
  readonly webDir: string;
  /** Host names besides loopback under which the program may be asked. */
  readonly hosts: ReadonlySet<string>;
}

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.onError((error, c) =>
    errorResponse(c, error, (bug) => {
      deps.logger.error('a request failed', { path: c.req.path, error: bug, stack: stackOf(bug) });
    }),
  );
  app.notFound((c) => notFound(c, app));
  app.use(requestSpan());
  app.use(httpMetrics(deps.registry));
  app.use(localOnly(deps.hosts));
  app.use(gzip());
  app.route('/', lifecycleRoutes(deps.lifecycle, deps.isLifecycleEnabled));
  app.get('/metrics', async (c) => {
    c.header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(await deps.registry.metrics());
  });
  for (const path of ['/api/*', '/alertmanager/*']) {
    app.use(path, async (_c, next) => {
      if (!deps.lifecycle.isReady()) throw new ApiError('unavailable', 'the program is starting');
      await next();
    });
  }
  app.route('/', federateRoute(deps.federate));
  app.route('/', webAppRoutes(deps.webDir) ?? firstPage(deps.scrape, deps.status));
  app.route('/api/v1', apiV1(deps));
  app.route('/api/v2', alertmanagerApi(deps.alertmanager));
  // Where Grafana looks for it in Mimir.
  app.route('/alertmanager/api/v2', alertmanagerApi(deps.alertmanager));
  return app;
}

function apiV1(deps: AppDeps): Hono {
  const api = new Hono();
  api.route('/', queryRoutes(deps.query));
  api.route('/', labelRoutes(deps.query.labels));
  api.route('/', searchRoutes(deps.query.labels, deps.query.now));
  api.route('/', targetRoutes(deps.scrape, deps.query.labels));
  api.route('/', clusterRoutes(deps.clusters));
  api.route('/', objectStateRoute(deps.objectState));
  api.route('/', monitorRoutes(deps.monitors));
  api.route('/', ruleRoutes(deps.rules));
  api.route('/', catalogueRoutes(deps.catalogue, deps.query));
  api.route('/', policyRoutes(deps.policies));
  api.route(
    '/',
    alertQualityRoutes({
      groups: deps.policies.groups,
      source: deps.backTest.source,
      labels: deps.query.labels,
      samplesMax: deps.backTest.engine.readSamplesMax,
      now: deps.query.now,
    }),
  );
  api.route('/', whyRoutes(deps.why));
  api.route('/', acknowledgeRoutes(deps.why));
  api.route('/', silencePreviewRoutes(deps.why));
  api.route('/', recurringSilenceRoutes(deps.why));
  api.route('/', backTestRoutes(deps.backTest));
  api.route('/', notificationTestRoutes(deps.alertmanager));
  api.route('/', statusRoutes(deps.status, deps.query.now));
  api.route('/', writeRoutes(deps.write));
  api.route('/', otlpRoutes(deps.write));
  api.route('/', pushRoutes(deps.write));
  api.route('/', readRoute(deps.read));
  api.route('/', sqlRoute(deps.sql));
  api.route('/', historyRoutes(deps.history));
  api.route('/admin/tsdb', adminRoutes(deps.admin, deps.isAdminEnabled));
  api.get('/alertmanagers', (c) => {
    const { active, dropped } = deps.alertmanagers;
    const shown = (urls: readonly string[]) => urls.map((url) => ({ url }));
    return success(c, {
      activeAlertmanagers: shown(active),
      droppedAlertmanagers: shown(dropped),
    });
  });
  return api;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** A path that other methods have is no unknown one. */
function notFound(c: Context, app: Hono): Response {
  const allowed = METHODS.filter((method) =>
    app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
  );
  // A route that has the method has looked, and found nothing.
  const isMissing = allowed.length === 0 || allowed.some((method) => method === c.req.method);
  if (isMissing) return c.text('404 page not found\n', 404);
  c.header('Allow', allowed.join(', '));
  if (c.req.method === 'OPTIONS') return c.body(null, 204);
  return c.text('Method Not Allowed\n', 405);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
