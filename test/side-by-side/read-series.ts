/** Reads stored samples back through the Prometheus API, metric by metric. */

export interface StoredSeries {
  /** The labels as JSON, sorted: equal for equal label sets. */
  readonly key: string;
  readonly metricName: string;
  readonly timestampsMs: readonly number[];
  /** As the API writes them, so that no digit is lost. */
  readonly texts: readonly string[];
}

interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}

/** @throws Error with the API's text */
export async function askApi<T>(
  baseUrl: string,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<T> {
  const url = `${baseUrl}/api/v1/${path}?${new URLSearchParams(params).toString()}`;
  const response = await fetch(url);
  const text = await response.text();
  try {
    const answer = JSON.parse(text) as Answer<T>;
    if (answer.status === 'success') return answer.data;
  } catch {
    // Not JSON: shown below.
  }
  throw new Error(`${url}: ${response.status} ${text.slice(0, 500)}`);
}

/** Every sample of a job's series in `(startMs, endMs]`. */
export async function readJob(
  baseUrl: string,
  job: string,
  startMs: number,
  endMs: number,
): Promise<readonly StoredSeries[]> {
  const selector = `{job=${JSON.stringify(job)}}`;
  const names = await askApi<readonly string[]>(baseUrl, 'label/__name__/values', {
    'match[]': selector,
    start: String(startMs / 1000),
    end: String(endMs / 1000),
  });
  const series: StoredSeries[] = [];
  for (const name of names) {
    const { result } = await askApi<{ readonly result: readonly MatrixSeries[] }>(
      baseUrl,
      'query',
      {
        query: `${name}${selector}[${endMs - startMs}ms]`,
        time: String(endMs / 1000),
      },
    );
    series.push(...result.map((one) => storedSeries(name, one)));
  }
  return series;
}

interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

function storedSeries(metricName: string, { metric, values }: MatrixSeries): StoredSeries {
  return {
    key: labelsKey(metric),
    metricName,
    timestampsMs: values.map(([seconds]) => Math.round(seconds * 1000)),
    texts: values.map(([, text]) => text),
  };
}

/** The same text for the same labels, in whatever order they come. */
export function labelsKey(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, labels[name]])));
}
