import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getData } from '../api/client.ts';
import { EmptyState, QueryState } from '../pages/query-state.tsx';
import { StatusWord } from '../pages/status-word.tsx';
import { type Column, DataTable } from '../table/data-table.tsx';
import { usePageTime } from '../time/use-page-time.ts';
import { type ObjectRow, useObjectRows } from './use-object-rows.ts';
import { valueColumn } from './value-columns.tsx';

interface Cluster {
  readonly name: string;
  readonly reachable: boolean;
  readonly version?: string;
  readonly error?: string;
}

const COLUMNS = {
  nodes: 'sum by (cluster) (wk_cluster_nodes{status=~"ready|not_ready"})',
  notReady: 'sum by (cluster) (wk_cluster_nodes{status="not_ready"})',
  pods: 'sum by (cluster) (wk_cluster_pods{phase=~"Running|Pending"})',
  cpu: 'wk_cluster_cpu_usage_ratio',
  cpuRequest: 'wk_cluster_cpu_request_ratio',
  memory: 'wk_cluster_memory_usage_ratio',
  memoryRequest: 'wk_cluster_memory_request_ratio',
  firing: 'count by (cluster) (ALERTS{alertstate="firing"})',
};
type Name = keyof typeof COLUMNS;
type Row = ObjectRow<Name> & { readonly cluster: Cluster };

/** All clusters side by side: are they there, how full, what fires. */
export function ClustersPage() {
  const { t } = useTranslation();
  const { refreshMs } = usePageTime();
  const clusters = useQuery({
    queryKey: ['clusters'],
    queryFn: ({ signal }) => getData<{ clusters: readonly Cluster[] }>('v1/clusters', {}, signal),
    select: (data) => data.clusters,
    refetchInterval: refreshMs,
  });
  const values = useObjectRows<Name>({
    objects: 'group by (cluster) (wk_cluster_info)',
    identity: ['cluster'],
    columns: COLUMNS,
  });
  const columns: readonly Column<Row>[] = [
    {
      id: 'cluster',
      title: t('kubernetes.cluster'),
      value: (row) => row.cluster.name,
      cell: (row) => (
        <Link to="/c/$cluster" params={{ cluster: row.cluster.name }}>
          {row.cluster.name}
        </Link>
      ),
    },
    {
      id: 'health',
      title: t('targets.health'),
      value: (row) => String(row.cluster.reachable),
      cell: (row) => (
        <span title={row.cluster.error}>
          <StatusWord
            kind={row.cluster.reachable ? 'good' : 'bad'}
            word={row.cluster.reachable ? t('kubernetes.reachable') : t('kubernetes.unreachable')}
          />
        </span>
      ),
    },
    {
      id: 'version',
      title: t('kubernetes.version'),
      value: (row) => row.cluster.version ?? '',
    },
    valueColumn('firing', t('overview.firing'), 'none'),
    valueColumn('nodes', t('nav.nodes'), 'none'),
    valueColumn('notReady', t('kubernetes.notReady'), 'none'),
    valueColumn('pods', t('nav.pods'), 'none'),
    valueColumn('cpu', t('kubernetes.cpuUsed'), 'percentunit'),
    valueColumn('cpuRequest', t('kubernetes.cpuRequested'), 'percentunit'),
    valueColumn('memory', t('kubernetes.memoryUsed'), 'percentunit'),
    valueColumn('memoryRequest', t('kubernetes.memoryRequested'), 'percentunit'),
  ] as readonly Column<Row>[];
  const byName = new Map((values.data ?? []).map((row) => [row.labels['cluster'] ?? '', row]));
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('nav.clusters')}
      </Title>
      <QueryState query={clusters}>
        {(list) => (
          <DataTable
            label={t('nav.clusters')}
            columns={columns}
            rows={list.map((cluster) => ({
              labels: {},
              values: {},
              ...byName.get(cluster.name),
              key: cluster.name,
              cluster,
            }))}
            rowKey={(row) => row.key}
            empty={
              <EmptyState
                title={t('kubernetes.noClusters')}
                next={t('kubernetes.noClustersNext')}
              />
            }
          />
        )}
      </QueryState>
    </Stack>
  );
}
