import * as v from 'valibot';

const text = v.fallback(
  v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String))),
  undefined,
);

/** What every page keeps in its URL. Values that are none of these are left out. */
export const PAGE_SEARCH = v.object({
  from: text,
  to: text,
  refresh: text,
  q: text,
  sort: text,
  tab: text,
  'g0.expr': text,
  'g0.tab': text,
});

export type PageSearch = v.InferOutput<typeof PAGE_SEARCH>;

export function readSearch(search: Record<string, unknown>): PageSearch {
  const { output } = v.safeParse(PAGE_SEARCH, search);
  return output as PageSearch;
}

/** Plain `name=value` pairs, as Prometheus and Grafana write them, not JSON. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') pairs.set(name, value);
  }
  const query = pairs.toString();
  return query === '' ? '' : `?${query}`;
}
