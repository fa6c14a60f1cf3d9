import type { LabelSet } from '../api/prometheus.ts';

/** Labels as PromQL writes them, without those that stand elsewhere. */
export function labelText(labels: LabelSet, without: readonly string[] = []): string {
  return Object.entries(labels)
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
}

export function LabelList(props: {
  readonly labels: LabelSet;
  readonly without?: readonly string[];
}) {
  const text = labelText(props.labels, props.without);
  return (
    <code className="wk-code" title={text}>
      {text}
    </code>
  );
}
