/** The labels of an alert, where they do not depend on when one looks. */
import type { Labels } from '../../model/labels.ts';
import { ALERT_NAME } from '../evaluation/alerting-rule.ts';
import type { RuleConfig } from '../file/rule-file.ts';
import type { SlotSeries } from './slot-results.ts';

/** Only labels of the sample, as they are. */
const PLACEHOLDER = /\{\{\s*(?:\$labels|\.Labels)\.([A-Za-z_]\w*)\s*\}\}/g;

/**
 * @returns by the place of the series; undefined when labels change with the value or the time, or
 * two series make one alert
 */
export function constantLabels(
  { alert, labels: texts }: RuleConfig,
  series: readonly SlotSeries[],
): readonly Labels[] | undefined {
  if (texts.some(([, text]) => text.replaceAll(PLACEHOLDER, '').includes('{{'))) return undefined;
  const all = series.map(({ labels }) => {
    let out = labels.withoutName();
    for (const [name, text] of texts) {
      const value = text.includes('{{')
        ? text.replaceAll(PLACEHOLDER, (_, label: string) => labels.get(label))
        : text;
      out = out.with(name, value);
    }
    return out.with(ALERT_NAME, alert);
  });
  return new Set(all.map(({ key }) => key)).size < all.length ? undefined : all;
}
