import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getData } from '../api/client.ts';
import { type Column, DataTable } from '../table/data-table.tsx';
import { usePageTime } from '../time/use-page-time.ts';
import { formatAge, formatValue } from '../units/format.ts';
import { EmptyState, QueryState } from './query-state.tsx';
import { StatusWord } from './status-word.tsx';

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
  readonly type: 'alerting' | 'recording';
}

interface Group {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly Rule[];
}

interface Row extends Rule {
  readonly key: string;
  readonly group: string;
}

const KIND = { ok: 'good', err: 'bad', unknown: 'unknown' } as const;

/** Rules with their health; a failing one says why. */
export function RulesPage() {
  const { t } = useTranslation();
  const { refreshMs } = usePageTime();
  const query = useQuery({
    queryKey: ['rules'],
    queryFn: ({ signal }) => getData<{ groups: readonly Group[] }>('v1/rules', {}, signal),
    select: ({ groups }) => groups.flatMap(rowsOf),
    refetchInterval: refreshMs,
  });
  const nowMs = query.dataUpdatedAt;
  const columns: readonly Column<Row>[] = [
    {
      id: 'health',
      title: t('rules.health'),
      value: (row) => `${row.health} ${row.lastError ?? ''}`,
      cell: (row) => (
        <span title={row.lastError}>
          <StatusWord kind={KIND[row.health]} word={row.lastError || row.health} />
        </span>
      ),
    },
    { id: 'name', title: t('alerts.name'), value: (row) => row.name },
    { id: 'type', title: t('rules.type'), value: (row) => row.type },
    { id: 'group', title: t('rules.group'), value: (row) => row.group },
    {
      id: 'expr',
      title: t('rules.expr'),
      value: (row) => row.query,
      cell: (row) => (
        <Link
          to="/explore"
          search={(now) => ({ ...now, 'g0.expr': row.query })}
          className="wk-code"
          title={row.query}
        >
          {row.query}
        </Link>
      ),
    },
    {
      id: 'evaluated',
      title: t('rules.lastEvaluation'),
      value: (row) => nowMs - Date.parse(row.lastEvaluation),
      cell: (row) =>
        row.health === 'unknown' ? '–' : formatAge(nowMs - Date.parse(row.lastEvaluation)),
      isNumber: true,
    },
    {
      id: 'duration',
      title: t('rules.duration'),
      value: (row) => row.evaluationTime,
      cell: (row) => formatValue(row.evaluationTime, 's'),
      isNumber: true,
    },
  ];
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('rules.title')}
      </Title>
      <QueryState query={query}>
        {(rows) => (
          <DataTable
            label={t('rules.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.key}
            empty={<EmptyState title={t('rules.none')} next={t('rules.noneNext')} />}
          />
        )}
      </QueryState>
    </Stack>
  );
}

function rowsOf(group: Group): readonly Row[] {
  return group.rules.map((rule, at) => ({
    ...rule,
    group: group.name,
    key: `${group.file} ${group.name} ${at}`,
  }));
}
