import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { QueryState } from '../pages/query-state.tsx';
import { type CatalogueMetric, type Level, selectorOf, unitOf, useCatalogue } from './catalogue.ts';

export interface LevelChartsProps {
  readonly level: Level;
  /** The object, by the labels of its level. */
  readonly labels: Readonly<Record<string, string | undefined>>;
  /** Only those of the default dashboards. */
  readonly isCore?: boolean;
}

/** A chart for each metric that the catalogue has for an object of this level. */
export function LevelCharts({ level, labels, isCore = false }: LevelChartsProps) {
  const { i18n } = useTranslation();
  const catalogue = useCatalogue();
  const isChinese = i18n.resolvedLanguage === 'zh-CN';
  const names = Object.keys(labels).join(' ');
  const known = useMemo(() => [...names.split(' '), 'node'], [names]);
  const isShown = (metric: CatalogueMetric) =>
    metric.level === level && !metric.isBlock && (metric.isCore || !isCore);
  return (
    <QueryState query={catalogue}>
      {(metrics) => (
        <div className="wk-grid">
          {metrics.filter(isShown).map((metric) => (
            <ChartPanel
              key={metric.name}
              title={isChinese ? metric.displayNames.zh : metric.displayNames.en}
              expr={selectorOf(metric.name, labels)}
              unit={unitOf(metric)}
              knownLabels={known}
            />
          ))}
        </div>
      )}
    </QueryState>
  );
}
