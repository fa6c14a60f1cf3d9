import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { OverviewPage } from '../pages/overview-page.tsx';
import { FailedPage, UnknownPage } from './failed-page.tsx';
import { basePath } from './page-settings.ts';
import { type PageSearch, parseSearch, readSearch, stringifySearch } from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Shell,
  validateSearch: readSearch,
  // The time goes along from page to page; what belongs to a page stays there.
  search: { middlewares: [retainSearchParams<PageSearch>(['from', 'to', 'refresh'])] },
  notFoundComponent: UnknownPage,
});
const getParentRoute = () => root;

const routes = [
  createRoute({ getParentRoute, path: '/', component: OverviewPage }),
  createRoute({
    getParentRoute,
    path: '/explore',
    component: lazyRouteComponent(() => import('../pages/explore-page.tsx'), 'ExplorePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/clusters',
    component: lazyRouteComponent(() => import('../kubernetes/clusters-page.tsx'), 'ClustersPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster',
    component: lazyRouteComponent(() => import('../kubernetes/object-pages.tsx'), 'ClusterPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster/nodes',
    component: lazyRouteComponent(() => import('../kubernetes/nodes-page.tsx'), 'NodesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster/nodes/$node',
    component: lazyRouteComponent(() => import('../kubernetes/object-pages.tsx'), 'NodePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster/workloads',
    component: lazyRouteComponent(
      () => import('../kubernetes/workloads-page.tsx'),
      'WorkloadsPage',
    ),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster/pods',
    component: lazyRouteComponent(() => import('../kubernetes/pods-page.tsx'), 'PodsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster/ns/$namespace/pod/$pod',
    component: lazyRouteComponent(() => import('../kubernetes/object-pages.tsx'), 'PodPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/c/$cluster/ns/$namespace/$kind/$name',
    component: lazyRouteComponent(() => import('../kubernetes/object-pages.tsx'), 'WorkloadPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/events',
    component: lazyRouteComponent(() => import('../kubernetes/object-pages.tsx'), 'EventsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/alerts',
    component: lazyRouteComponent(() => import('../pages/alerts-page.tsx'), 'AlertsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/policies',
    component: lazyRouteComponent(() => import('../policies/policies-page.tsx'), 'PoliciesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/policies/new',
    component: lazyRouteComponent(() => import('../policies/new-policy-page.tsx'), 'NewPolicyPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/rules',
    component: lazyRouteComponent(() => import('../pages/rules-page.tsx'), 'RulesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/silences',
    component: lazyRouteComponent(() => import('../pages/silences-page.tsx'), 'SilencesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/targets',
    component: lazyRouteComponent(() => import('../pages/targets-page.tsx'), 'TargetsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/cardinality',
    component: lazyRouteComponent(() => import('../pages/cardinality-page.tsx'), 'CardinalityPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/status',
    component: lazyRouteComponent(() => import('../pages/status-page.tsx'), 'StatusPage'),
  }),
] as const;

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: root.addChildren(routes),
    basepath: basePath() || '/',
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultErrorComponent: FailedPage,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
