import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getData } from '../api/client.ts';
import type { LabelSet } from '../api/prometheus.ts';
import { type Column, DataTable } from '../table/data-table.tsx';
import { usePageTime } from '../time/use-page-time.ts';
import { formatAge, formatValue } from '../units/format.ts';
import { LabelList, labelText } from './label-list.tsx';
import { EmptyState, QueryState } from './query-state.tsx';
import { SilenceButton } from './silence-button.tsx';
import { StatusWord } from './status-word.tsx';

interface AlertRow {
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly value: string;
}

/** What fires or is about to. */
export function AlertsPage() {
  const { t } = useTranslation();
  const { refreshMs } = usePageTime();
  const query = useQuery({
    queryKey: ['alerts'],
    queryFn: ({ signal }) => getData<{ alerts: readonly AlertRow[] }>('v1/alerts', {}, signal),
    refetchInterval: refreshMs,
  });
  const nowMs = query.dataUpdatedAt;
  const columns: readonly Column<AlertRow>[] = [
    {
      id: 'state',
      title: t('alerts.state'),
      value: (row) => row.state,
      cell: (row) => (
        <StatusWord
          kind={row.state === 'firing' ? 'bad' : 'warn'}
          word={t(`alerts.${row.state}`)}
        />
      ),
    },
    { id: 'severity', title: t('alerts.severity'), value: (row) => row.labels['severity'] ?? '' },
    { id: 'name', title: t('alerts.name'), value: (row) => row.labels['alertname'] ?? '' },
    {
      id: 'summary',
      title: t('alerts.summary'),
      value: (row) => row.annotations['summary'] ?? row.annotations['description'] ?? '',
    },
    {
      id: 'since',
      title: t('alerts.since'),
      value: (row) => nowMs - Date.parse(row.activeAt),
      cell: (row) => formatAge(nowMs - Date.parse(row.activeAt)),
      isNumber: true,
    },
    {
      id: 'value',
      title: t('alerts.value'),
      value: (row) => Number(row.value),
      cell: (row) => formatValue(Number(row.value), 'short'),
      isNumber: true,
    },
    {
      id: 'labels',
      title: t('alerts.labels'),
      value: (row) => labelText(row.labels),
      cell: (row) => <LabelList labels={row.labels} without={['alertname', 'severity']} />,
    },
    {
      id: 'silence',
      title: t('silences.create'),
      value: () => '',
      cell: (row) => <SilenceButton labels={row.labels} />,
    },
  ];
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('alerts.title')}
      </Title>
      <QueryState query={query}>
        {(data) => (
          <DataTable
            label={t('alerts.title')}
            columns={columns}
            rows={data.alerts}
            rowKey={(row) => labelText(row.labels)}
            empty={<EmptyState title={t('alerts.quiet')} next={t('alerts.quietNext')} />}
          />
        )}
      </QueryState>
    </Stack>
  );
}
