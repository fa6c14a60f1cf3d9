import { METRIC_NAMES } from './target-pages.ts';

/** Samples that reached the program in the counted time, by its own answer. */
export async function countSamples(url: string, seconds: number): Promise<number> {
  let samples = 0;
  for (const name of METRIC_NAMES) {
    const expr = `sum(count_over_time(${name}[${Math.floor(seconds)}s]))`;
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = (await response.json()) as {
      data: { result: readonly { value: readonly [number, string] }[] };
    };
    samples += Number(body.data.result[0]?.value[1] ?? 0);
  }
  return samples;
}
