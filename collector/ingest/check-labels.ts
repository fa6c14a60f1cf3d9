/** Whether a series may be stored: its names and its label limits. */
import {
  isClassicLabelName,
  isClassicMetricName,
  type Labels,
  METRIC_NAME,
  quoteGo,
} from '../../model/labels.ts';
import { IngestError, type IngestLimits } from './ingest-options.ts';

/** Of what an error quotes; `%.50s` in Prometheus. */
const QUOTED_CHARS_MAX = 50;

/** @throws IngestError that refuses the page, with Prometheus' text */
export function checkLabels(labels: Labels, limits: IngestLimits, scheme: 'utf8' | 'legacy'): void {
  const metricName = labels.get(METRIC_NAME);
  if (metricName === '') {
    throw new IngestError('invalid_labels', `missing metric name (${METRIC_NAME} label)`);
  }
  if (scheme === 'legacy' && !isLegacy(labels, metricName)) {
    throw new IngestError(
      'invalid_labels',
      `invalid metric name or label names: ${labels.toString()}`,
    );
  }
  const { labelLimit, labelNameLengthLimit, labelValueLengthLimit } = limits;
  if (labelLimit > 0 && labels.size > labelLimit) {
    throw limitError('label_limit', metricName, `number of labels: ${labels.size}`, labelLimit);
  }
  if (labelNameLengthLimit === 0 && labelValueLengthLimit === 0) return;
  for (const [name, value] of labels.entries()) {
    const nameBytes = Buffer.byteLength(name);
    if (labelNameLengthLimit > 0 && nameBytes > labelNameLengthLimit) {
      const detail = `label name: ${cut(name)}, length: ${nameBytes}`;
      throw limitError('label_name_length_limit', metricName, detail, labelNameLengthLimit);
    }
    const valueBytes = Buffer.byteLength(value);
    if (labelValueLengthLimit > 0 && valueBytes > labelValueLengthLimit) {
      const detail = `label name: ${cut(name)}, value: ${quoteGo(cut(value))}, length: ${valueBytes}`;
      throw limitError('label_value_length_limit', metricName, detail, labelValueLengthLimit);
    }
  }
}

function limitError(limit: string, metricName: string, detail: string, max: number): IngestError {
  return new IngestError(
    'label_limits',
    `${limit} exceeded (metric: ${cut(metricName)}, ${detail}, limit: ${max})`,
  );
}

function isLegacy(labels: Labels, metricName: string): boolean {
  if (!isClassicMetricName(metricName)) return false;
  for (const [name] of labels.entries()) {
    if (!isClassicLabelName(name)) return false;
  }
  return true;
}

function cut(text: string): string {
  return text.length > QUOTED_CHARS_MAX
    ? Array.from(text).slice(0, QUOTED_CHARS_MAX).join('')
    : text;
}
