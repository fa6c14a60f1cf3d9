import { Alert, Button, Group, Stack, Switch, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getData, sendJson } from '../api/client.ts';
import { EmptyState, QueryState } from '../pages/query-state.tsx';
import { StatusWord } from '../pages/status-word.tsx';
import { type Column, DataTable } from '../table/data-table.tsx';
import { usePageTime } from '../time/use-page-time.ts';
import { conditionsText, type Policy } from './policy.ts';

/** Alarm policies: what each watches, whether it fires, and a switch for it. */
export function PoliciesPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { refreshMs } = usePageTime();
  const query = useQuery({
    queryKey: ['policies'],
    queryFn: ({ signal }) =>
      getData<{ policies: readonly Policy[] }>('v1/alarm-policies', {}, signal),
    select: (data) => data.policies,
    refetchInterval: refreshMs,
  });
  const toggle = useMutation({
    mutationFn: ({ metadata }: Policy) => {
      const action = metadata.enabled ? 'disable' : 'enable';
      return sendJson('POST', `v1/alarm-policies/${encodeURIComponent(metadata.id)}/${action}`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['policies'] }),
  });
  const columns: readonly Column<Policy>[] = [
    {
      id: 'state',
      title: t('alerts.state'),
      value: (row) => row.status.firing * 1000 + row.status.pending,
      cell: (row) => <State policy={row} />,
    },
    { id: 'name', title: t('alerts.name'), value: (row) => row.metadata.name },
    { id: 'type', title: t('policies.type'), value: (row) => row.spec.type },
    {
      id: 'condition',
      title: t('policies.condition'),
      value: (row) => conditionsText(row),
      cell: (row) => (
        <code className="wk-code" title={conditionsText(row)}>
          {conditionsText(row)}
        </code>
      ),
    },
    {
      id: 'shipped',
      title: t('policies.origin'),
      value: (row) => (row.metadata.preset ? t('policies.shipped') : t('policies.own')),
    },
    {
      id: 'enabled',
      title: t('policies.enabled'),
      value: (row) => Number(row.metadata.enabled),
      cell: (row) => (
        <Switch
          size="sm"
          aria-label={`${t('policies.enabled')}: ${row.metadata.name}`}
          checked={row.metadata.enabled}
          onChange={() => toggle.mutate(row)}
        />
      ),
    },
  ];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} fz="lg">
          {t('nav.policies')}
        </Title>
        <Button size="xs" renderRoot={(root) => <Link {...root} to="/policies/new" />}>
          {t('policies.create')}
        </Button>
      </Group>
      {toggle.error !== null && <Alert color="red">{toggle.error.message}</Alert>}
      <QueryState query={query}>
        {(rows) => (
          <DataTable
            label={t('nav.policies')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.metadata.id}
            empty={<EmptyState title={t('policies.none')} next={t('policies.noneNext')} />}
          />
        )}
      </QueryState>
    </Stack>
  );
}

function State({ policy }: { readonly policy: Policy }) {
  const { t } = useTranslation();
  const { firing, pending, lastError } = policy.status;
  if (!policy.metadata.enabled) return <StatusWord kind="unknown" word={t('policies.off')} />;
  if (lastError !== undefined) {
    return (
      <span title={lastError}>
        <StatusWord kind="bad" word={lastError} />
      </span>
    );
  }
  if (firing > 0) return <StatusWord kind="bad" word={`${firing} ${t('alerts.firing')}`} />;
  if (pending > 0) return <StatusWord kind="warn" word={`${pending} ${t('alerts.pending')}`} />;
  return <StatusWord kind="good" word={t('policies.quiet')} />;
}
