import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { clusterLabel, selectorOf } from './catalogue.ts';
import { ObjectListPage } from './object-list-page.tsx';
import { podColumns, podQueries } from './pod-columns.tsx';

/** Pods of a cluster, or of all. */
export function PodsPage() {
  const { t } = useTranslation();
  const { cluster } = useParams({ from: '/c/$cluster/pods' });
  const of = (metric: string) => selectorOf(metric, { cluster: clusterLabel(cluster) });
  return <ObjectListPage title={t('nav.pods')} columns={podColumns(t)} queries={podQueries(of)} />;
}
