import type { RangeAnswer } from '../api/prometheus.ts';
import { formatValue, type Unit } from '../units/format.ts';
import { assignStyles, distinguishingNames, type LineStyle } from './palette.ts';

export interface DrawnSeries extends LineStyle {
  readonly name: string;
  readonly values: Float64Array;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** The newest value; NaN when there is none. */
  readonly last: number;
}

export interface DrawnChart {
  readonly times: Float64Array;
  readonly series: readonly DrawnSeries[];
  /** How many there are; more than are drawn when it was too many. */
  readonly seriesCount: number;
}

/** More lines are a surface, not a chart: those with the highest values are drawn. */
export const SERIES_DRAWN_MAX = 200;

/** @param known labels that need not be named, see `distinguishingNames` */
export function drawnChart(
  answer: RangeAnswer,
  isDark: boolean,
  known: readonly string[] = [],
): DrawnChart {
  const times = Float64Array.from(
    { length: answer.count },
    (_, at) => answer.startMs + at * answer.stepMs,
  );
  const labelSets = answer.series.map((series) => series.labels);
  const names = distinguishingNames(labelSets, known);
  const styles = assignStyles(names, isDark);
  const series = answer.series
    .map(({ values }, at) => ({
      ...(styles[at] ?? { color: '#1f6fd6', dash: 'solid' as const }),
      name: names[at] ?? '',
      values,
      ...statsOf(values),
    }))
    .toSorted((a, b) => order(b.max) - order(a.max))
    .slice(0, SERIES_DRAWN_MAX);
  return { times, series, seriesCount: answer.series.length };
}

function order(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

function statsOf(values: Float64Array) {
  let [min, max, sum, count, last] = [Number.NaN, Number.NaN, 0, 0, Number.NaN];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (!(value >= min)) min = value;
    if (!(value <= max)) max = value;
    sum += value;
    count++;
    last = value;
  }
  return { min, max, mean: count === 0 ? Number.NaN : sum / count, last };
}

export interface ChartStyle {
  readonly unit: Unit;
  readonly isStacked: boolean;
  readonly isDark: boolean;
  readonly startMs: number;
  readonly endMs: number;
  /** Drawn as a dashed line. */
  readonly thresholds: readonly { readonly value: number; readonly name: string }[];
}

/** The option of ECharts: keyed columns of typed arrays, no animation, no tooltip of its own. */
export function chartOption(chart: DrawnChart, style: ChartStyle): Record<string, unknown> {
  const columns: Record<string, Float64Array> = { t: chart.times };
  chart.series.forEach(({ values }, at) => {
    columns[`s${at}`] = values;
  });
  const ink = style.isDark ? '#c1c2c5' : '#495057';
  const grid = style.isDark ? '#2c2e33' : '#e9ecef';
  const isFilled = style.isStacked || chart.series.length <= 3;
  return {
    animation: false,
    dataset: { source: columns },
    grid: {
      left: 8,
      right: 12,
      top: 10,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'time',
      min: style.startMs,
      max: style.endMs,
      axisLine: { lineStyle: { color: grid } },
      axisTick: { show: false },
      axisLabel: { color: ink, hideOverlap: true },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: !isFilled && style.unit !== 'percentunit',
      axisLabel: { color: ink, formatter: (value: number) => formatValue(value, style.unit) },
      splitLine: { lineStyle: { color: grid } },
      splitNumber: 4,
    },
    series: chart.series.map((series, at) => ({
      type: 'line',
      id: `s${at}`,
      name: series.name,
      encode: { x: 't', y: `s${at}` },
      showSymbol: false,
      symbol: 'none',
      silent: true,
      emphasis: { disabled: true },
      lineStyle: { width: chart.series.length > 50 ? 1 : 1.5, type: series.dash },
      itemStyle: { color: series.color },
      ...(style.isStacked ? { stack: 'all' } : {}),
      ...(isFilled ? { areaStyle: { opacity: style.isStacked ? 0.5 : 0.08 } } : {}),
      ...(at === 0 && style.thresholds.length > 0
        ? {
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: '#c92a2a', type: 'dashed' },
              label: { formatter: '{b}', color: ink, position: 'insideEndTop' },
              data: style.thresholds.map(({ value, name }) => ({ yAxis: value, name })),
            },
          }
        : {}),
    })),
  };
}
