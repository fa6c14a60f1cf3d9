import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getData, type Params } from '../api/client.ts';
import { EmptyState, QueryState } from '../pages/query-state.tsx';
import { StatusWord } from '../pages/status-word.tsx';
import { type Column, DataTable } from '../table/data-table.tsx';
import { formatTime } from '../time/format-time.ts';
import { usePageTime } from '../time/use-page-time.ts';
import { ObjectLink } from './object-link.tsx';

interface EventRow {
  readonly cluster: string;
  readonly uid: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly objectKind: string;
  readonly objectNamespace: string;
  readonly objectName: string;
  readonly count: number;
  readonly lastMs: number;
}

const EVENTS_MAX = 1000;

/** Events of the page's range, newest first. @param filter parameters of `/api/v1/events` */
export function EventTable({ filter }: { readonly filter: Params }) {
  const { t } = useTranslation();
  const { range, refreshMs } = usePageTime();
  const from = Math.floor(range.startMs / 10_000) * 10;
  const to = Math.ceil(range.endMs / 10_000) * 10;
  const query = useQuery({
    queryKey: ['events', filter, from, to],
    queryFn: ({ signal }) =>
      getData<{ events: readonly EventRow[] }>(
        'v1/events',
        { ...filter, from, to, limit: EVENTS_MAX },
        signal,
      ),
    select: (data) => data.events,
    refetchInterval: refreshMs,
  });
  const columns: readonly Column<EventRow>[] = [
    {
      id: 'last',
      title: t('events.last'),
      value: (row) => row.lastMs,
      cell: (row) => formatTime(row.lastMs),
    },
    {
      id: 'type',
      title: t('events.type'),
      value: (row) => row.type,
      cell: (row) => <StatusWord kind={row.type === 'Normal' ? 'good' : 'warn'} word={row.type} />,
    },
    { id: 'reason', title: t('events.reason'), value: (row) => row.reason },
    {
      id: 'object',
      title: t('events.object'),
      value: (row) => `${row.objectKind} ${row.objectNamespace}/${row.objectName}`,
      cell: (row) => (
        <ObjectLink
          cluster={row.cluster}
          kind={row.objectKind}
          namespace={row.objectNamespace}
          name={row.objectName}
        />
      ),
    },
    {
      id: 'message',
      title: t('events.message'),
      value: (row) => row.message,
      cell: (row) => <span title={row.message}>{row.message}</span>,
    },
    { id: 'count', title: t('events.count'), value: (row) => row.count, isNumber: true },
  ];
  return (
    <QueryState query={query}>
      {(rows) => (
        <DataTable
          label={t('nav.events')}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.cluster}/${row.uid}`}
          empty={<EmptyState title={t('events.none')} next={t('events.noneNext')} />}
        />
      )}
    </QueryState>
  );
}
