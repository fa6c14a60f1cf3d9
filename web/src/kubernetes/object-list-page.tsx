import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { EmptyState, QueryState } from '../pages/query-state.tsx';
import { type Column, DataTable } from '../table/data-table.tsx';
import { type ObjectRow, type RowQueries, useObjectRows } from './use-object-rows.ts';

export interface ObjectListPageProps<Name extends string> {
  readonly title: string;
  readonly queries: RowQueries<Name>;
  readonly columns: readonly Column<ObjectRow<Name>>[];
}

/** A list of objects with their values at the end of the page's range. */
export function ObjectListPage<Name extends string>(props: ObjectListPageProps<Name>) {
  const { t } = useTranslation();
  const query = useObjectRows(props.queries);
  return (
    <Stack>
      <Title order={2} fz="lg">
        {props.title}
      </Title>
      <QueryState query={query}>
        {(rows) => (
          <DataTable
            label={props.title}
            columns={props.columns}
            rows={rows}
            rowKey={(row) => row.key}
            empty={<EmptyState title={t('state.noData')} next={t('kubernetes.noClustersNext')} />}
          />
        )}
      </QueryState>
    </Stack>
  );
}
