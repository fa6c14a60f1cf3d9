import { Alert, Anchor, Group, Skeleton, Text, useComputedColorScheme } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryRange } from '../api/prometheus.ts';
import { alignRange } from '../time/time-range.ts';
import { usePageTime } from '../time/use-page-time.ts';
import { formatValue, type Unit } from '../units/format.ts';
import { type DrawnChart, drawnChart } from './chart-option.ts';
import { TimeSeriesChart, type TimeSeriesChartProps } from './time-series-chart.tsx';

/** Points of a panel: about one for two pixels of its usual width. */
const POINTS = 300;
const MIN_STEP_MS = 15_000;
const LEGEND_ROWS_MAX = 60;

export interface ChartPanelProps {
  readonly title: string;
  readonly expr: string;
  readonly unit: Unit;
  readonly isStacked?: boolean;
  /** Labels that the page tells already: the legend need not. */
  readonly knownLabels?: readonly string[];
  readonly thresholds?: TimeSeriesChartProps['thresholds'];
  readonly points?: number;
}

/** One query as a chart with its title, legend and a link to it; old data stay while new ones load. */
export function ChartPanel(props: ChartPanelProps) {
  const { title, expr, unit, isStacked = false, thresholds, knownLabels, points = POINTS } = props;
  const { t } = useTranslation();
  const id = useId();
  const { range, refreshMs, zoom } = usePageTime();
  const [isTable, setIsTable] = useState(false);
  const query = alignRange(range, points, MIN_STEP_MS);
  const result = useQuery({
    queryKey: ['range', expr, query.startMs, query.endMs, query.stepMs],
    queryFn: ({ signal }) => queryRange({ expr, ...query }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  const { data, error } = result;
  const isDark = useComputedColorScheme('light') === 'dark';
  const drawn = useMemo(
    () => data && drawnChart(data, isDark, knownLabels),
    [data, isDark, knownLabels],
  );
  return (
    <section className="wk-panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <Anchor component="button" size="xs" onClick={() => setIsTable(!isTable)}>
          {isTable ? t('chart.graph') : t('chart.data')}
        </Anchor>
        <Anchor
          size="xs"
          renderRoot={(root) => (
            <Link {...root} to="/explore" search={(now) => ({ ...now, 'g0.expr': expr })} />
          )}
        >
          {t('chart.explore')}
        </Anchor>
      </header>
      {error !== null && (
        <Alert color="red" p="xs" mb={4} title={t('state.failed')}>
          {error.message}
        </Alert>
      )}
      {data === undefined && error === null && <Skeleton height={220} />}
      {data !== undefined && data.series.length === 0 && (
        <Text size="sm" c="dimmed" py="xl" ta="center">
          {t('state.noData')}
        </Text>
      )}
      {data !== undefined && drawn !== undefined && drawn.seriesCount > 0 && (
        <div style={{ opacity: error === null ? 1 : 0.6 }}>
          {isTable ? null : (
            <TimeSeriesChart
              answer={data}
              drawn={drawn}
              unit={unit}
              isStacked={isStacked}
              onZoom={zoom}
              {...(thresholds === undefined ? {} : { thresholds })}
            />
          )}
          <Legend drawn={drawn} unit={unit} />
        </div>
      )}
    </section>
  );
}

function Legend({ drawn, unit }: { readonly drawn: DrawnChart; readonly unit: Unit }) {
  const { t } = useTranslation();
  const { series, seriesCount } = drawn;
  return (
    <div className="wk-legend" tabIndex={0} role="region" aria-label={t('chart.legend')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chart.series')}</th>
            <th scope="col">{t('chart.min')}</th>
            <th scope="col">{t('chart.mean')}</th>
            <th scope="col">{t('chart.max')}</th>
            <th scope="col">{t('chart.last')}</th>
          </tr>
        </thead>
        <tbody>
          {series.slice(0, LEGEND_ROWS_MAX).map((one) => (
            <tr key={one.name}>
              <td>
                <span className="wk-swatch" style={{ background: one.color }} />
                {one.name}
              </td>
              <td>{formatValue(one.min, unit)}</td>
              <td>{formatValue(one.mean, unit)}</td>
              <td>{formatValue(one.max, unit)}</td>
              <td>{formatValue(one.last, unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {seriesCount > LEGEND_ROWS_MAX && (
        <Group p={4}>{t('chart.more', { count: seriesCount - LEGEND_ROWS_MAX })}</Group>
      )}
    </div>
  );
}
