import { Anchor, Button, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type InstantSample, queryInstant } from '../api/prometheus.ts';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { PromqlEditor } from '../promql/promql-editor.tsx';
import { type Column, DataTable } from '../table/data-table.tsx';
import { usePageTime } from '../time/use-page-time.ts';
import { LabelList, labelText } from './label-list.tsx';
import { EmptyState, QueryState } from './query-state.tsx';

const EXAMPLES = [
  'up',
  'sum by (job) (rate(scrape_samples_scraped[5m]))',
  'topk(10, count by (__name__) ({__name__!=""}))',
];
/** One point for two pixels of a wide chart. */
const POINTS = 600;

/** Any PromQL, as chart or table; the expression is in the URL, in Prometheus' spelling. */
export function ExplorePage() {
  const { t } = useTranslation();
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const expr = search['g0.expr'] ?? '';
  const tab = search['g0.tab'] === 'table' || search['g0.tab'] === '1' ? 'table' : 'graph';
  const [draft, setDraft] = useState(expr);
  const [shownExpr, setShownExpr] = useState(expr);
  if (shownExpr !== expr) {
    setShownExpr(expr);
    setDraft(expr);
  }
  const go = (next: string) => {
    void navigate({ to: '.', search: (now) => ({ ...now, 'g0.expr': next }) });
  };
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('explore.title')}
      </Title>
      <Group align="start" wrap="nowrap">
        <div style={{ flex: 1, minWidth: 0 }}>
          <PromqlEditor
            label={t('explore.expression')}
            value={draft}
            onChange={setDraft}
            onRun={go}
          />
        </div>
        <Button onClick={() => go(draft)}>{t('explore.run')}</Button>
      </Group>
      {expr === '' ? (
        <div className="wk-panel">
          <Text>{t('explore.empty')}</Text>
          {EXAMPLES.map((example) => (
            <div key={example}>
              <Anchor component="button" className="wk-code wk-example" onClick={() => go(example)}>
                {example}
              </Anchor>
            </div>
          ))}
        </div>
      ) : (
        <Tabs
          value={tab}
          onChange={(next) => {
            void navigate({
              to: '.',
              search: (now) => ({ ...now, 'g0.tab': next ?? 'graph' }),
              replace: true,
            });
          }}
        >
          <Tabs.List>
            <Tabs.Tab value="graph">{t('explore.graph')}</Tabs.Tab>
            <Tabs.Tab value="table">{t('explore.table')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="graph" pt="sm">
            {tab === 'graph' && (
              <ChartPanel title={expr} expr={expr} unit="short" points={POINTS} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="table" pt="sm">
            {tab === 'table' && <ResultTable expr={expr} />}
          </Tabs.Panel>
        </Tabs>
      )}
    </Stack>
  );
}

function ResultTable({ expr }: { readonly expr: string }) {
  const { t } = useTranslation();
  const { range, refreshMs } = usePageTime();
  const timeMs = Math.floor(range.endMs / 1000) * 1000;
  const query = useQuery({
    queryKey: ['instant', expr, timeMs],
    queryFn: ({ signal }) => queryInstant(expr, timeMs, signal),
    refetchInterval: refreshMs,
  });
  const columns: readonly Column<InstantSample>[] = [
    {
      id: 'labels',
      title: t('explore.results', { count: query.data?.length ?? 0 }),
      value: (row) => seriesText(row),
      cell: (row) => (
        <>
          {row.labels['__name__']} <LabelList labels={row.labels} without={['__name__']} />
        </>
      ),
    },
    { id: 'value', title: t('explore.value'), value: (row) => row.value, isNumber: true },
  ];
  return (
    <QueryState query={query}>
      {(rows) => (
        <DataTable
          label={t('explore.table')}
          columns={columns}
          rows={rows}
          rowKey={seriesText}
          empty={<EmptyState title={t('state.noData')} />}
        />
      )}
    </QueryState>
  );
}

function seriesText(row: InstantSample): string {
  return `${row.labels['__name__'] ?? ''}{${labelText(row.labels, ['__name__'])}}`;
}
