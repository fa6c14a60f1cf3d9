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
import { StatusWord } from './status-word.tsx';

interface Target {
  readonly labels: LabelSet;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastError: string;
  readonly lastScrape: string;
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
}

const KIND = { up: 'good', down: 'bad', unknown: 'unknown' } as const;

/** What is scraped, and what went wrong. */
export function TargetsPage() {
  const { t } = useTranslation();
  const { refreshMs } = usePageTime();
  const query = useQuery({
    queryKey: ['targets'],
    queryFn: ({ signal }) =>
      getData<{ activeTargets: readonly Target[] }>('v1/targets', { state: 'active' }, signal),
    refetchInterval: refreshMs,
  });
  const nowMs = query.dataUpdatedAt;
  const columns: readonly Column<Target>[] = [
    {
      id: 'health',
      title: t('targets.health'),
      value: (row) => row.health,
      cell: (row) => <StatusWord kind={KIND[row.health]} word={row.health} />,
    },
    { id: 'job', title: t('targets.job'), value: (row) => row.scrapePool },
    { id: 'url', title: t('targets.url'), value: (row) => row.scrapeUrl },
    {
      id: 'labels',
      title: t('targets.labels'),
      value: (row) => labelText(row.labels),
      cell: (row) => <LabelList labels={row.labels} without={['job']} />,
    },
    {
      id: 'lastScrape',
      title: t('targets.lastScrape'),
      value: (row) => nowMs - Date.parse(row.lastScrape),
      cell: (row) =>
        row.health === 'unknown' ? '–' : formatAge(nowMs - Date.parse(row.lastScrape)),
      isNumber: true,
    },
    {
      id: 'duration',
      title: t('targets.duration'),
      value: (row) => row.lastScrapeDuration,
      cell: (row) => formatValue(row.lastScrapeDuration, 's'),
      isNumber: true,
    },
    {
      id: 'error',
      title: t('targets.error'),
      value: (row) => row.lastError,
      cell: (row) => <span title={row.lastError}>{row.lastError}</span>,
    },
  ];
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('targets.title')}
      </Title>
      <QueryState query={query}>
        {(data) => (
          <DataTable
            label={t('targets.title')}
            columns={columns}
            rows={data.activeTargets}
            rowKey={(row) => `${row.scrapePool} ${row.scrapeUrl} ${labelText(row.labels)}`}
            empty={<EmptyState title={t('targets.none')} next={t('overview.noTargetsNext')} />}
          />
        )}
      </QueryState>
    </Stack>
  );
}
