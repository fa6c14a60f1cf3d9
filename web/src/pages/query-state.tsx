import { Alert, Button, Group, Skeleton, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** What a query has brought, over which its failure is told; a sketch until then. */
export function QueryState<T>(props: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = props.query;
  const { t } = useTranslation();
  return (
    <>
      {error !== null && (
        <Alert color="red" title={t('state.failed')} role="alert">
          <Group>
            <code className="wk-code">{error.message}</code>
            <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
              {t('state.retry')}
            </Button>
          </Group>
        </Alert>
      )}
      {data === undefined && error === null && (
        <Skeleton height={240} role="status" aria-label={t('state.loading')} />
      )}
      {data !== undefined && props.children(data)}
    </>
  );
}

/** Why a page is empty, and what to do next. */
export function EmptyState(props: { readonly title: string; readonly next?: string }) {
  return (
    <div>
      <Text fw={600}>{props.title}</Text>
      {props.next !== undefined && <Text size="sm">{props.next}</Text>}
    </div>
  );
}
