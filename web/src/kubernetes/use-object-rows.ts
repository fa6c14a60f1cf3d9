import { useQuery } from '@tanstack/react-query';
import { type InstantSample, type LabelSet, queryInstant } from '../api/prometheus.ts';
import { usePageTime } from '../time/use-page-time.ts';

/** An object with the values of its columns; one without a value is absent from `values`. */
export interface ObjectRow<Name extends string> {
  readonly key: string;
  readonly labels: LabelSet;
  readonly values: Readonly<Partial<Record<Name, number>>>;
}

export interface RowQueries<Name extends string> {
  /** Its series are the rows. */
  readonly objects: string;
  /** Labels that tell rows apart. */
  readonly identity: readonly string[];
  readonly columns: Readonly<Record<Name, string>>;
}

/** Rows of objects as they were at the end of the page's range, each column a query of its own. */
export function useObjectRows<Name extends string>(queries: RowQueries<Name>) {
  const { range, refreshMs } = usePageTime();
  const timeMs = Math.floor(range.endMs / 5000) * 5000;
  return useQuery({
    queryKey: ['objects', queries, timeMs],
    queryFn: ({ signal }) => readRows(queries, timeMs, signal),
    refetchInterval: refreshMs,
  });
}

async function readRows<Name extends string>(
  queries: RowQueries<Name>,
  timeMs: number,
  signal: AbortSignal,
): Promise<readonly ObjectRow<Name>[]> {
  const { objects, identity } = queries;
  const columns = Object.entries(queries.columns) as [Name, string][];
  const [rows, ...answers] = await Promise.all([
    queryInstant(objects, timeMs, signal),
    ...columns.map(([, expr]) => queryInstant(expr, timeMs, signal)),
  ]);
  const byKey = new Map<string, { labels: LabelSet; values: Partial<Record<Name, number>> }>();
  for (const { labels } of rows) byKey.set(keyOf(labels, identity), { labels, values: {} });
  answers.forEach((samples: readonly InstantSample[], at) => {
    const column = columns[at];
    if (column === undefined) return;
    for (const { labels, value } of samples) {
      const row = byKey.get(keyOf(labels, identity));
      if (row !== undefined) row.values[column[0]] = value;
    }
  });
  return [...byKey].map(([key, row]) => ({ key, ...row }));
}

function keyOf(labels: LabelSet, identity: readonly string[]): string {
  return identity.map((name) => labels[name] ?? '').join('/');
}
