import { Button, Stack, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getJson, sendJson } from '../api/client.ts';
import { type Column, DataTable } from '../table/data-table.tsx';
import { formatTime } from '../time/format-time.ts';
import { usePageTime } from '../time/use-page-time.ts';
import { EmptyState, QueryState } from './query-state.tsx';
import { StatusWord } from './status-word.tsx';

interface Silence {
  readonly id: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
  readonly matchers: readonly Matcher[];
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual?: boolean;
}

const KIND = { active: 'good', pending: 'warn', expired: 'unknown' } as const;

/** What is silenced, by whom and until when. */
export function SilencesPage() {
  const { t } = useTranslation();
  const { refreshMs } = usePageTime();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['silences'],
    queryFn: ({ signal }) => getJson<readonly Silence[]>('v2/silences', {}, signal),
    refetchInterval: refreshMs,
  });
  const expire = useMutation({
    mutationFn: (id: string) => sendJson('DELETE', `v2/silence/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['silences'] }),
  });
  const columns: readonly Column<Silence>[] = [
    {
      id: 'state',
      title: t('silences.state'),
      value: (row) => row.status.state,
      cell: (row) => <StatusWord kind={KIND[row.status.state]} word={row.status.state} />,
    },
    {
      id: 'matchers',
      title: t('silences.matchers'),
      value: (row) => row.matchers.map(matcherText).join(', '),
      cell: (row) => <code className="wk-code">{row.matchers.map(matcherText).join(', ')}</code>,
    },
    { id: 'createdBy', title: t('silences.createdBy'), value: (row) => row.createdBy },
    { id: 'comment', title: t('silences.comment'), value: (row) => row.comment },
    {
      id: 'ends',
      title: t('silences.ends'),
      value: (row) => Date.parse(row.endsAt),
      cell: (row) => formatTime(Date.parse(row.endsAt)),
    },
    {
      id: 'expire',
      title: t('silences.expire'),
      value: () => '',
      cell: (row) =>
        row.status.state !== 'expired' && (
          <Button size="compact-xs" variant="default" onClick={() => expire.mutate(row.id)}>
            {t('silences.expire')}
          </Button>
        ),
    },
  ];
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('silences.title')}
      </Title>
      <QueryState query={query}>
        {(rows) => (
          <DataTable
            label={t('silences.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            empty={<EmptyState title={t('silences.none')} next={t('silences.noneNext')} />}
          />
        )}
      </QueryState>
    </Stack>
  );
}

function matcherText(matcher: Matcher): string {
  const negation = matcher.isEqual === false;
  const operator = matcher.isRegex ? (negation ? '!~' : '=~') : negation ? '!=' : '=';
  return `${matcher.name}${operator}"${matcher.value}"`;
}
