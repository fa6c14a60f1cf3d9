import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getData } from '../api/client.ts';
import { formatValue } from '../units/format.ts';
import { QueryState } from './query-state.tsx';

interface Count {
  readonly name: string;
  readonly value: number;
}

interface TsdbStatus {
  readonly seriesCountByMetricName: readonly Count[];
  readonly labelValueCountByLabelName: readonly Count[];
  readonly seriesCountByLabelValuePair: readonly Count[];
}

const ROWS = 20;

/** Which metrics and labels make the most series. */
export function CardinalityPage() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['tsdb'],
    queryFn: ({ signal }) => getData<TsdbStatus>('v1/status/tsdb', { limit: ROWS }, signal),
  });
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('cardinality.title')}
      </Title>
      <QueryState query={query}>
        {(data) => (
          <div className="wk-grid">
            <Counts title={t('cardinality.byMetric')} counts={data.seriesCountByMetricName} />
            <Counts title={t('cardinality.byLabel')} counts={data.labelValueCountByLabelName} />
            <Counts title={t('cardinality.byPair')} counts={data.seriesCountByLabelValuePair} />
          </div>
        )}
      </QueryState>
    </Stack>
  );
}

function Counts(props: { readonly title: string; readonly counts: readonly Count[] }) {
  const { t } = useTranslation();
  return (
    <section className="wk-panel">
      <header>
        <h2>{props.title}</h2>
      </header>
      <table className="wk-table">
        <thead>
          <tr>
            <th scope="col">{t('cardinality.name')}</th>
            <th scope="col" className="wk-number">
              {t('cardinality.count')}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.counts.map(({ name, value }) => (
            <tr key={name}>
              <td title={name}>{name}</td>
              <td className="wk-number">{formatValue(value, 'none')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
