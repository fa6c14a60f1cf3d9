import type { TFunction } from 'i18next';
import { StatusWord } from '../pages/status-word.tsx';
import type { Column } from '../table/data-table.tsx';
import { ObjectLink } from './object-link.tsx';
import type { ObjectRow, RowQueries } from './use-object-rows.ts';
import { labelColumn, valueColumn } from './value-columns.tsx';

export type PodValue =
  | 'ready'
  | 'restarts'
  | 'cpu'
  | 'cpuLimit'
  | 'memory'
  | 'memoryLimit'
  | 'receive'
  | 'transmit';

const FINISHED = new Set(['Succeeded', 'Failed']);

/** @param of a metric's selector, narrowed to what is shown */
export function podQueries(of: (metric: string) => string): RowQueries<PodValue> {
  const restarts = of('kube_pod_container_status_restarts_total');
  return {
    objects: of('wk_pod_workload'),
    identity: ['cluster', 'namespace', 'pod'],
    columns: {
      ready: of('wk_pod_ready'),
      restarts: `sum by (cluster,namespace,pod) (${restarts})`,
      cpu: of('wk_pod_cpu_usage_cores'),
      cpuLimit: of('wk_pod_cpu_limit_ratio'),
      memory: of('wk_pod_memory_usage_bytes'),
      memoryLimit: of('wk_pod_memory_limit_ratio'),
      receive: of('wk_pod_network_receive_bytes_per_second'),
      transmit: of('wk_pod_network_transmit_bytes_per_second'),
    },
  };
}

export function podColumns(t: TFunction): readonly Column<ObjectRow<PodValue>>[] {
  return [
    {
      id: 'pod',
      title: t('kubernetes.pod'),
      value: (row) => row.labels['pod'] ?? '',
      cell: (row) => (
        <ObjectLink
          cluster={row.labels['cluster'] ?? ''}
          kind="Pod"
          namespace={row.labels['namespace'] ?? ''}
          name={row.labels['pod'] ?? ''}
          text={row.labels['pod'] ?? ''}
        />
      ),
    },
    {
      id: 'phase',
      title: t('kubernetes.phase'),
      value: (row) => row.labels['phase'] ?? '',
      cell: (row) => {
        const phase = row.labels['phase'] ?? '';
        const isGood = row.values.ready === 1 || phase === 'Succeeded';
        const isReady = row.values.ready === 1 || FINISHED.has(phase);
        return (
          <StatusWord
            kind={isGood ? 'good' : phase === 'Failed' ? 'bad' : 'warn'}
            word={isReady ? phase : `${phase}, ${t('kubernetes.notReady')}`}
          />
        );
      },
    },
    labelColumn('namespace', t('kubernetes.namespace')),
    labelColumn('workload', t('kubernetes.workload')),
    labelColumn('node', t('kubernetes.node')),
    labelColumn('cluster', t('kubernetes.cluster')),
    valueColumn('restarts', t('kubernetes.restarts'), 'none'),
    valueColumn('cpu', t('kubernetes.cpu'), 'cores'),
    valueColumn('cpuLimit', t('kubernetes.cpuLimit'), 'percentunit'),
    valueColumn('memory', t('kubernetes.memory'), 'bytes'),
    valueColumn('memoryLimit', t('kubernetes.memoryLimit'), 'percentunit'),
    valueColumn('receive', t('kubernetes.receive'), 'binBps'),
    valueColumn('transmit', t('kubernetes.transmit'), 'binBps'),
  ];
}
