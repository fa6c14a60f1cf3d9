import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { QueryCanceledError, type QueryDescription, RunningQueries } from './running-queries.ts';

const QUERY: QueryDescription = {
  expr: 'up',
  kind: 'instant',
  startMs: 0,
  endMs: 0,
  stepMs: 0,
  origin: '127.0.0.1',
};

describe('RunningQueries', () => {
  test('no more run than allowed; the next starts when one ends', async () => {
    const queries = new RunningQueries(1, new Registry(), Date.now);
    const gate = Promise.withResolvers<void>();
    const signal = new AbortController().signal;

    const first = queries.run(QUERY, signal, () => gate.promise);
    const second = queries.run(QUERY, signal, async () => 'second');
    await Promise.resolve();

    expect(queries.list().map(({ state }) => state)).toEqual(['running', 'waiting']);
    gate.resolve();
    await first;
    expect(await second).toBe('second');
    expect(queries.list()).toEqual([]);
  });

  test('a canceled query sees the reason, and its place is free again', async () => {
    const queries = new RunningQueries(1, new Registry(), Date.now);
    const signal = new AbortController().signal;
    const running = queries.run(
      QUERY,
      signal,
      (both) =>
        new Promise((_done, fail) =>
          both.addEventListener('abort', () => fail(both.reason as Error)),
        ),
    );
    await Promise.resolve();
    const waiting = queries.run(QUERY, signal, async () => 'ran');
    await Promise.resolve();

    expect(queries.cancel(queries.list()[0]?.id ?? 0)).toBe(true);

    await expect(running).rejects.toBeInstanceOf(QueryCanceledError);
    expect(await waiting).toBe('ran');
    expect(queries.cancel(12345)).toBe(false);
  });

  test('a request that goes away while it waits leaves the line', async () => {
    const queries = new RunningQueries(1, new Registry(), Date.now);
    const gate = Promise.withResolvers<void>();
    const first = queries.run(QUERY, new AbortController().signal, () => gate.promise);
    const client = new AbortController();
    const second = queries.run(QUERY, client.signal, async () => 'never');
    await Promise.resolve();

    client.abort(new Error('gone'));

    await expect(second).rejects.toThrow('gone');
    gate.resolve();
    await first;
    expect(await queries.run(QUERY, new AbortController().signal, async () => 1)).toBe(1);
  });
});
