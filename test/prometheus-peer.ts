/** A real Prometheus over given samples, to compare answers with. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, removeDataDir, startProgram } from '../bench/process.ts';

export interface PeerSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** `[seconds, text]` each. */
  readonly values: readonly (readonly [number, string])[];
}

export interface PeerAnswer {
  /** Undefined when there is an answer. */
  readonly error: string | undefined;
  readonly series: readonly PeerSeries[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface PrometheusPeer {
  readonly version: string;
  instant(query: string, timeMs: number): Promise<PeerAnswer>;
  range(query: string, startMs: number, endMs: number, stepMs: number): Promise<PeerAnswer>;
  stop(): Promise<void>;
}

export const MISSING_PEER = 'prometheus and promtool are not on PATH';

/**
 * @param openMetrics the samples, with timestamps
 * @returns undefined when there is no Prometheus on PATH
 */
export async function startPrometheusPeer(
  openMetrics: string,
): Promise<PrometheusPeer | undefined> {
  const command = findOnPath('prometheus');
  const promtool = findOnPath('promtool');
  if (command === undefined || promtool === undefined) return undefined;
  const dir = mkdtempSync(join(tmpdir(), 'prometheus-peer-'));
  const input = join(dir, 'samples.txt');
  writeFileSync(input, openMetrics);
  const data = join(dir, 'data');
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', input, data]);
  writeFileSync(join(dir, 'prometheus.yml'), 'scrape_configs: []\n');
  const version = execFileSync(command, ['--version'], { encoding: 'utf8' });
  const program = await startProgram(
    {
      name: 'prometheus',
      version: /version (\S+)/.exec(version)?.[1] ?? 'unknown',
      command,
      args: (port) => [
        `--config.file=${join(dir, 'prometheus.yml')}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=promql-experimental-functions',
        '--storage.tsdb.retention.time=100y',
      ],
      readyPath: '/-/ready',
    },
    dir,
  );
  const ask = async (path: string, params: Record<string, string>): Promise<PeerAnswer> => {
    const response = await fetch(`${program.url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(params),
    });
    return readAnswer((await response.json()) as ApiAnswer);
  };
  return {
    version: program.version,
    instant: (query, timeMs) => ask('query', { query, time: seconds(timeMs) }),
    range: (query, startMs, endMs, stepMs) =>
      ask('query_range', {
        query,
        start: seconds(startMs),
        end: seconds(endMs),
        step: seconds(stepMs),
      }),
    async stop() {
      await program.stop();
      removeDataDir(program);
    },
  };
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(3);
}

export interface ApiAnswer {
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly data?: { readonly resultType: string; readonly result: readonly unknown[] };
}

/** The body of an answer to a query, of Prometheus or of us. */
export function readAnswer({ error, data, warnings = [], infos = [] }: ApiAnswer): PeerAnswer {
  if (data === undefined) return { error: error ?? 'no data', series: [], warnings, infos };
  const { resultType, result } = data;
  if (resultType === 'scalar' || resultType === 'string') {
    const point = result as unknown as readonly [number, string];
    return { error, series: [{ metric: {}, values: [point] }], warnings, infos };
  }
  const series = (result as readonly ApiSeries[]).map(({ metric, value, values }) => {
    return { metric, values: values ?? (value === undefined ? [] : [value]) };
  });
  return { error, series, warnings, infos };
}

interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}
