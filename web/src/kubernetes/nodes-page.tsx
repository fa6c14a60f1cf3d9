import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { StatusWord } from '../pages/status-word.tsx';
import type { Column } from '../table/data-table.tsx';
import { clusterLabel, selectorOf } from './catalogue.ts';
import { ObjectLink } from './object-link.tsx';
import { ObjectListPage } from './object-list-page.tsx';
import type { ObjectRow } from './use-object-rows.ts';
import { labelColumn, valueColumn } from './value-columns.tsx';

type Name =
  | 'ready'
  | 'cpu'
  | 'cpuRequest'
  | 'memory'
  | 'memoryRequest'
  | 'pods'
  | 'disk'
  | 'receive'
  | 'transmit';

/** Nodes of a cluster, or of all. */
export function NodesPage() {
  const { t } = useTranslation();
  const { cluster } = useParams({ from: '/c/$cluster/nodes' });
  const of = (metric: string) => selectorOf(metric, { cluster: clusterLabel(cluster) });
  const columns: readonly Column<ObjectRow<Name>>[] = [
    {
      id: 'node',
      title: t('kubernetes.node'),
      value: (row) => row.labels['node'] ?? '',
      cell: (row) => (
        <ObjectLink
          cluster={row.labels['cluster'] ?? ''}
          kind="Node"
          namespace=""
          name={row.labels['node'] ?? ''}
          text={row.labels['node'] ?? ''}
        />
      ),
    },
    labelColumn('cluster', t('kubernetes.cluster')),
    {
      id: 'ready',
      title: t('kubernetes.ready'),
      value: (row) => row.values.ready ?? -1,
      cell: (row) => (
        <StatusWord
          kind={row.values.ready === 1 ? 'good' : 'bad'}
          word={row.values.ready === 1 ? t('kubernetes.ready') : t('kubernetes.notReady')}
        />
      ),
    },
    valueColumn('pods', t('nav.pods'), 'none'),
    valueColumn('cpu', t('kubernetes.cpuUsed'), 'percentunit'),
    valueColumn('cpuRequest', t('kubernetes.cpuRequested'), 'percentunit'),
    valueColumn('memory', t('kubernetes.memoryUsed'), 'percentunit'),
    valueColumn('memoryRequest', t('kubernetes.memoryRequested'), 'percentunit'),
    valueColumn('disk', t('kubernetes.disk'), 'percentunit'),
    valueColumn('receive', t('kubernetes.receive'), 'binBps'),
    valueColumn('transmit', t('kubernetes.transmit'), 'binBps'),
  ];
  return (
    <ObjectListPage<Name>
      title={t('nav.nodes')}
      columns={columns}
      queries={{
        objects: of('wk_node_ready'),
        identity: ['cluster', 'node'],
        columns: {
          ready: of('wk_node_ready'),
          cpu: of('wk_node_cpu_usage_ratio'),
          cpuRequest: of('wk_node_cpu_request_ratio'),
          memory: of('wk_node_memory_usage_ratio'),
          memoryRequest: of('wk_node_memory_request_ratio'),
          pods: of('wk_node_pods'),
          disk: `max by (cluster,node) (${of('wk_node_filesystem_usage_ratio')})`,
          receive: of('wk_node_network_receive_bytes_per_second'),
          transmit: of('wk_node_network_transmit_bytes_per_second'),
        },
      }}
    />
  );
}
