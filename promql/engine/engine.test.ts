import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import { type SampleSource, type SeriesColumns, TooManySamplesError } from '../../model/source.ts';
import { createEngine } from './engine.ts';
import { ENGINE_DEFAULTS, type EngineOptions } from './engine-options.ts';
import type { QueryError } from './query-error.ts';

const NEVER = new AbortController().signal;
const MINUTE_MS = 60_000;

/** Series with a sample each minute from time 0 on. */
function sourceOf(series: Readonly<Record<string, readonly number[]>>): SampleSource {
  const all = Object.entries(series).map(([text, values]) => {
    const [name = '', instance = ''] = text.split('/');
    return { labels: Labels.fromRecord({ __name__: name, instance }), values };
  });
  all.sort((a, b) => a.labels.compare(b.labels));
  return {
    async select({ matchers, startMs, endMs }): Promise<SeriesColumns> {
      const chosen = all.filter(({ labels }) => matchesAll(matchers, labels));
      const timestamps: number[] = [];
      const values: number[] = [];
      const offsets = [0];
      for (const one of chosen) {
        one.values.forEach((value, minute) => {
          const timeMs = minute * MINUTE_MS;
          if (timeMs < startMs || timeMs > endMs) return;
          timestamps.push(timeMs);
          values.push(value);
        });
        offsets.push(values.length);
      }
      return {
        labels: chosen.map(({ labels }) => labels),
        offsets: Uint32Array.from(offsets),
        timestampsMs: Float64Array.from(timestamps),
        values: Float64Array.from(values),
        histograms: undefined,
        startTimestampsMs: undefined,
      };
    },
    async estimate() {
      return { seriesCount: all.length, sampleCount: all.length * 100 };
    },
  };
}

function engineOf(
  series: Readonly<Record<string, readonly number[]>>,
  options: Partial<EngineOptions> = {},
) {
  return createEngine(sourceOf(series), { ...ENGINE_DEFAULTS, ...options });
}

const COUNTERS = { 'x_total/a': [0, 60, 120, 180], 'x_total/b': [0, 120, 240, 360] };

async function failureOf(promise: Promise<unknown>): Promise<QueryError> {
  return promise.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as QueryError,
  );
}

describe('instant queries', () => {
  test('a vector has one value per series, at the time of the query', async () => {
    const { value } = await engineOf(COUNTERS).instant(
      { expr: 'rate(x_total[3m])', timeMs: 3 * MINUTE_MS },
      NEVER,
    );

    expect(value.kind).toBe('vector');
    if (value.kind !== 'vector') return;
    expect(value.labels.map(String)).toEqual(['{instance="a"}', '{instance="b"}']);
    expect([...value.values]).toEqual([1, 2]);
    expect(value.timeMs).toBe(3 * MINUTE_MS);
  });

  test('a range vector keeps the times of its samples, and is open at the left', async () => {
    const { value } = await engineOf(COUNTERS).instant(
      { expr: 'x_total{instance="a"}[2m]', timeMs: 3 * MINUTE_MS },
      NEVER,
    );

    if (value.kind !== 'matrix') throw new Error(value.kind);
    expect([...(value.series[0]?.timestampsMs ?? [])]).toEqual([2 * MINUTE_MS, 3 * MINUTE_MS]);
  });

  test('a name that is dropped makes equal series an error', async () => {
    const engine = engineOf({ 'x/a': [1], 'y/a': [1] });
    const failure = await failureOf(
      engine.instant({ expr: 'abs({instance="a"})', timeMs: 0 }, NEVER),
    );

    expect(failure.errorType).toBe('execution');
    expect(failure.message).toBe('vector cannot contain metrics with the same labelset');
  });
});

describe('range queries', () => {
  const times = { startMs: 0, endMs: 3 * MINUTE_MS, stepMs: MINUTE_MS };

  test('series come in the order of their labels, with a value per step', async () => {
    const { value, stats } = await engineOf(COUNTERS).range(
      { expr: 'x_total', ...times, perStepStats: true },
      NEVER,
    );

    if (value.kind !== 'matrix') throw new Error(value.kind);
    expect(value.series.map(({ values }) => [...values])).toEqual([
      [0, 60, 120, 180],
      [0, 120, 240, 360],
    ]);
    expect(stats.samples.totalQueryableSamples).toBe(8);
    expect([...(stats.samples.totalQueryableSamplesPerStep ?? [])]).toEqual([2, 2, 2, 2]);
  });

  test('samples of a range count at each step that sees them, but are read once', async () => {
    const { stats } = await engineOf(COUNTERS).range(
      { expr: 'sum(sum_over_time(x_total[2m]))', ...times },
      NEVER,
    );

    expect(stats.samples.totalQueryableSamples).toBe(2 * (1 + 2 + 2 + 2));
    expect(stats.samples.samplesRead).toBe(8);
  });

  test('a string or a range vector is refused with the words of Prometheus', async () => {
    const failure = await failureOf(
      engineOf(COUNTERS).range({ expr: 'x_total[1m]', ...times }, NEVER),
    );

    expect(failure.errorType).toBe('bad_data');
    expect(failure.message).toBe(
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    );
  });
});

describe('limits', () => {
  test('a query that would hold too many samples fails', async () => {
    const engine = engineOf(COUNTERS, { samplesMax: 7 });
    const times = { startMs: 0, endMs: 3 * MINUTE_MS, stepMs: MINUTE_MS };
    const failure = await failureOf(engine.range({ expr: 'x_total', ...times }, NEVER));

    expect(failure.message).toBe(
      'query processing would load too many samples into memory in query execution',
    );
  });

  test('a cancelled query says so', async () => {
    const failure = await failureOf(
      engineOf(COUNTERS).instant({ expr: 'x_total', timeMs: 0 }, AbortSignal.abort()),
    );

    expect(failure.errorType).toBe('canceled');
  });

  test('a query out of time says so', async () => {
    let nowMs = 0;
    const engine = engineOf(COUNTERS, { now: () => (nowMs += 1000), timeoutMs: 2000 });
    const failure = await failureOf(engine.instant({ expr: 'x_total', timeMs: 0 }, NEVER));

    expect(failure.errorType).toBe('timeout');
    expect(failure.message).toBe('query timed out in expression evaluation');
  });

  test('a source that does not answer is given up at the deadline', async () => {
    const silent: SampleSource = {
      select: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
      estimate: async () => ({ seriesCount: 0, sampleCount: 0 }),
    };
    const engine = createEngine(silent, { ...ENGINE_DEFAULTS, timeoutMs: 20 });
    const failure = await failureOf(engine.instant({ expr: 'x', timeMs: 0 }, NEVER));

    expect(failure.errorType).toBe('timeout');
  });

  test('more samples to read than fit into memory are refused by the source', async () => {
    const full: SampleSource = {
      select: async () => {
        throw new TooManySamplesError('too many');
      },
      estimate: async () => ({ seriesCount: 0, sampleCount: 0 }),
    };
    const engine = createEngine(full, ENGINE_DEFAULTS);
    const failure = await failureOf(engine.instant({ expr: 'x', timeMs: 0 }, NEVER));

    expect(failure.errorType).toBe('execution');
    expect(failure.message).toContain('would load too many samples');
  });

  test('a query that is no PromQL is bad data', async () => {
    const failure = await failureOf(engineOf(COUNTERS).instant({ expr: 'sum(', timeMs: 0 }, NEVER));

    expect(failure.errorType).toBe('bad_data');
    expect(failure.message).toContain('parse error');
  });
});

describe('plans', () => {
  test('a chain of operators may be thousands long', async () => {
    const expr = `x_total${' + x_total'.repeat(5000)}`;
    const { value } = await engineOf(COUNTERS).instant({ expr, timeMs: MINUTE_MS }, NEVER);

    if (value.kind !== 'vector') throw new Error(value.kind);
    expect([...value.values]).toEqual([5001 * 60, 5001 * 120]);
  });

  test('equal selectors whose times touch are read once', () => {
    const engine = engineOf(COUNTERS);
    const near = engine.explain({ expr: 'x_total / x_total offset 1m', timeMs: 0 });
    const far = engine.explain({ expr: 'x_total / x_total offset 1w', timeMs: 0 });

    expect(near.match(/^read /gm)).toHaveLength(1);
    expect(far.match(/^read /gm)).toHaveLength(2);
  });

  test('what does not depend on the step is evaluated once', () => {
    const times = { startMs: 0, endMs: 10 * MINUTE_MS, stepMs: MINUTE_MS };

    expect(engineOf(COUNTERS).explain({ expr: 'x_total + sum(x_total @ 0)', ...times })).toContain(
      'evaluated once',
    );
  });
});
