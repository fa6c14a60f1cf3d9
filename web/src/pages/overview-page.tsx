import { Alert, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type InstantSample, queryInstant } from '../api/prometheus.ts';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { usePageTime } from '../time/use-page-time.ts';
import { formatValue } from '../units/format.ts';

/** Asked together; the first page shall cost one round trip. */
const FACTS = {
  firing: 'sum(ALERTS{alertstate="firing"}) or vector(0)',
  pending: 'sum(ALERTS{alertstate="pending"}) or vector(0)',
  targetsUp: 'sum(up)',
  targets: 'count(up)',
  series: 'sum(prometheus_tsdb_head_series) or sum(watchkeeper_store_series)',
} as const;

type Facts = Readonly<Record<keyof typeof FACTS, number | undefined>>;

/** What runs, what fires, and how we are ourselves. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { range, refreshMs } = usePageTime();
  const facts = useQuery({
    queryKey: ['overview', Math.floor(range.endMs / 1000)],
    queryFn: ({ signal }) => readFacts(range.endMs, signal),
    refetchInterval: refreshMs,
  });
  const { data } = facts;
  const isEmpty = data !== undefined && data.targets === undefined;
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('overview.title')}
      </Title>
      {facts.error !== null && (
        <Alert color="red" title={t('state.failed')}>
          {facts.error.message}
        </Alert>
      )}
      {isEmpty && (
        <Alert color="blue" title={t('overview.noTargets')}>
          {t('overview.noTargetsNext')}
        </Alert>
      )}
      <Group align="stretch">
        <Stat
          to="/alerts"
          label={t('overview.firing')}
          value={show(data?.firing)}
          note={`${show(data?.pending)} ${t('overview.pending')}`}
          isBad={(data?.firing ?? 0) > 0}
        />
        <Stat
          to="/targets"
          label={t('overview.targetsUp')}
          value={`${show(data?.targetsUp)} / ${show(data?.targets)}`}
          isBad={(data?.targetsUp ?? 0) < (data?.targets ?? 0)}
        />
        <Stat to="/cardinality" label={t('overview.series')} value={show(data?.series)} />
      </Group>
      <div className="wk-grid">
        <ChartPanel title={t('overview.upByJob')} expr="sum by (job) (up)" unit="none" isStacked />
        <ChartPanel
          title={t('overview.ingest')}
          expr="sum by (job) (scrape_samples_scraped / 15)"
          unit="short"
          isStacked
        />
        <ChartPanel
          title={t('overview.memory')}
          expr="sum by (instance) (process_resident_memory_bytes)"
          unit="bytes"
        />
        <ChartPanel
          title={t('overview.queries')}
          expr="histogram_quantile(0.9, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket[5m])))"
          unit="s"
        />
      </div>
    </Stack>
  );
}

async function readFacts(timeMs: number, signal: AbortSignal): Promise<Facts> {
  const names = Object.keys(FACTS) as (keyof typeof FACTS)[];
  const answers = await Promise.all(names.map((name) => queryInstant(FACTS[name], timeMs, signal)));
  const first = (samples: readonly InstantSample[] | undefined) => samples?.[0]?.value;
  return Object.fromEntries(names.map((name, at) => [name, first(answers[at])])) as Facts;
}

function show(value: number | undefined): string {
  return value === undefined ? '–' : formatValue(value, 'none');
}

interface StatProps {
  readonly to: '/alerts' | '/targets' | '/cardinality';
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly isBad?: boolean;
}

function Stat({ to, label, value, note, isBad = false }: StatProps) {
  return (
    <Link to={to} className="wk-panel wk-stat">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fz={26} fw={600} className={isBad ? 'wk-bad' : undefined}>
        {isBad && <span aria-hidden="true">● </span>}
        {value}
      </Text>
      {note !== undefined && <Text size="xs">{note}</Text>}
    </Link>
  );
}
