import { Stack, Title } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { selectorOf } from './catalogue.ts';
import { EventTable } from './event-table.tsx';
import { LevelCharts } from './level-charts.tsx';
import { ObjectListPage } from './object-list-page.tsx';
import { ObjectTabs } from './object-tabs.tsx';
import { podColumns, podQueries } from './pod-columns.tsx';

/** One cluster: every metric of its level, and its events. */
export function ClusterPage() {
  const { t } = useTranslation();
  const { cluster } = useParams({ from: '/c/$cluster' });
  return (
    <Stack>
      <Title order={2} fz="lg">
        {cluster}
      </Title>
      <LevelCharts level="cluster" labels={{ cluster }} />
      <Title order={3} fz="md">
        {t('nav.events')}
      </Title>
      <EventTable filter={{ cluster, type: 'Warning' }} />
    </Stack>
  );
}

/** One node: its metrics, its Pods, what happened to it. */
export function NodePage() {
  const { t } = useTranslation();
  const { cluster, node } = useParams({ from: '/c/$cluster/nodes/$node' });
  const byNode = new Set([
    'wk_pod_workload',
    'wk_pod_cpu_usage_cores',
    'wk_pod_memory_usage_bytes',
  ]);
  const of = (metric: string) =>
    selectorOf(metric, byNode.has(metric) ? { cluster, node } : { cluster });
  return (
    <ObjectTabs
      object={{ cluster, group: '', kind: 'Node', namespace: '', name: node }}
      tabs={[
        {
          id: 'metrics',
          title: t('kubernetes.metrics'),
          content: () => <LevelCharts level="node" labels={{ cluster, node }} />,
        },
        {
          id: 'pods',
          title: t('nav.pods'),
          content: () => (
            <ObjectListPage
              title={t('nav.pods')}
              columns={podColumns(t)}
              queries={podQueries(of)}
            />
          ),
        },
      ]}
    />
  );
}

const GROUPS: Readonly<Record<string, string>> = { Job: 'batch', CronJob: 'batch' };

/** One workload: its metrics, its Pods, what happened to it. */
export function WorkloadPage() {
  const { t } = useTranslation();
  const { cluster, namespace, kind, name } = useParams({
    from: '/c/$cluster/ns/$namespace/$kind/$name',
  });
  const labels = { cluster, namespace, workload_kind: kind, workload: name };
  const of = (metric: string) =>
    metric === 'wk_pod_workload'
      ? selectorOf(metric, labels)
      : selectorOf(metric, { cluster, namespace });
  return (
    <ObjectTabs
      object={{ cluster, group: GROUPS[kind] ?? 'apps', kind, namespace, name }}
      tabs={[
        {
          id: 'metrics',
          title: t('kubernetes.metrics'),
          content: () => <LevelCharts level="workload" labels={labels} />,
        },
        {
          id: 'pods',
          title: t('nav.pods'),
          content: () => (
            <ObjectListPage
              title={t('nav.pods')}
              columns={podColumns(t)}
              queries={podQueries(of)}
            />
          ),
        },
      ]}
    />
  );
}

/** One Pod: its metrics, those of its containers, what happened to it. It need not exist any more. */
export function PodPage() {
  const { t } = useTranslation();
  const { cluster, namespace, pod } = useParams({ from: '/c/$cluster/ns/$namespace/pod/$pod' });
  const labels = { cluster, namespace, pod };
  return (
    <ObjectTabs
      object={{ cluster, group: '', kind: 'Pod', namespace, name: pod }}
      tabs={[
        {
          id: 'metrics',
          title: t('kubernetes.metrics'),
          content: () => <LevelCharts level="pod" labels={labels} />,
        },
        {
          id: 'containers',
          title: t('kubernetes.containers'),
          content: () => <LevelCharts level="container" labels={labels} />,
        },
      ]}
    />
  );
}

/** Events of all clusters. */
export function EventsPage() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('nav.events')}
      </Title>
      <EventTable filter={{}} />
    </Stack>
  );
}
