import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Column } from '../table/data-table.tsx';
import { clusterLabel, selectorOf } from './catalogue.ts';
import { ObjectListPage } from './object-list-page.tsx';
import type { ObjectRow } from './use-object-rows.ts';
import { labelColumn, valueColumn } from './value-columns.tsx';

type Name =
  | 'desired'
  | 'available'
  | 'missing'
  | 'cpu'
  | 'memory'
  | 'restarts'
  | 'receive'
  | 'transmit';

/** Workloads of a cluster, or of all. */
export function WorkloadsPage() {
  const { t } = useTranslation();
  const { cluster } = useParams({ from: '/c/$cluster/workloads' });
  const of = (metric: string) => selectorOf(metric, { cluster: clusterLabel(cluster) });
  const columns: readonly Column<ObjectRow<Name>>[] = [
    {
      id: 'workload',
      title: t('kubernetes.workload'),
      value: (row) => row.labels['workload'] ?? '',
      cell: (row) => (
        <Link
          to="/c/$cluster/ns/$namespace/$kind/$name"
          params={{
            cluster: row.labels['cluster'] ?? '',
            namespace: row.labels['namespace'] ?? '',
            kind: row.labels['workload_kind'] ?? '',
            name: row.labels['workload'] ?? '',
          }}
        >
          {row.labels['workload']}
        </Link>
      ),
    },
    labelColumn('workload_kind', t('kubernetes.kind')),
    labelColumn('namespace', t('kubernetes.namespace')),
    labelColumn('cluster', t('kubernetes.cluster')),
    valueColumn('desired', t('kubernetes.desired'), 'none'),
    valueColumn('available', t('kubernetes.available'), 'none'),
    valueColumn('missing', t('kubernetes.missing'), 'none'),
    valueColumn('restarts', t('kubernetes.restarts'), 'none'),
    valueColumn('cpu', t('kubernetes.cpu'), 'cores'),
    valueColumn('memory', t('kubernetes.memory'), 'bytes'),
    valueColumn('receive', t('kubernetes.receive'), 'binBps'),
    valueColumn('transmit', t('kubernetes.transmit'), 'binBps'),
  ];
  return (
    <ObjectListPage<Name>
      title={t('nav.workloads')}
      columns={columns}
      queries={{
        objects: `group by (cluster,namespace,workload_kind,workload) (${of('wk_workload_replicas_desired')} or ${of('wk_pod_workload')})`,
        identity: ['cluster', 'namespace', 'workload_kind', 'workload'],
        columns: {
          desired: of('wk_workload_replicas_desired'),
          available: of('wk_workload_replicas_available'),
          missing: of('wk_workload_abnormal'),
          cpu: of('wk_workload_cpu_usage_cores'),
          memory: of('wk_workload_memory_usage_bytes'),
          restarts: `ceil(${of('wk_workload_pod_restarts')})`,
          receive: of('wk_workload_network_receive_bytes_per_second'),
          transmit: of('wk_workload_network_transmit_bytes_per_second'),
        },
      }}
    />
  );
}
