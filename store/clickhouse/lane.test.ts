import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../model/sink.ts';
import { LANE_WAITING_MAX, Lane } from './lane.ts';

describe('Lane', () => {
  test('runs as many at once as it is wide, in the order they came', async () => {
    const lane = new Lane(2);
    const started: number[] = [];
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const work = gates.map((gate, n) =>
      lane.run(async () => {
        started.push(n);
        await gate.promise;
        return n;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);

    gates[1]!.resolve();
    await work[1];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();

    expect(await Promise.all(work)).toEqual([0, 1, 2, 3, 4]);
    expect([lane.running, lane.waiting]).toEqual([0, 0]);
  });

  test('a caller who leaves is answered at once, and the lane is free only when the work ends', async () => {
    const lane = new Lane(1);
    const gate = Promise.withResolvers<void>();
    const abort = new AbortController();
    const left = lane.run(() => gate.promise, abort.signal);
    const next = lane.run(async () => 'next');

    abort.abort(new Error('left'));

    await expect(left).rejects.toThrow('left');
    expect([lane.running, lane.waiting]).toEqual([1, 1]);
    gate.resolve();
    expect(await next).toBe('next');
  });

  test('a task whose caller left while it waited never starts', async () => {
    const lane = new Lane(1);
    const gate = Promise.withResolvers<void>();
    const first = lane.run(() => gate.promise);
    const abort = new AbortController();
    let hasStarted = false;
    const waiting = lane.run(async () => {
      hasStarted = true;
    }, abort.signal);

    abort.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    gate.resolve();
    await first;

    expect(await lane.run(async () => hasStarted)).toBe(false);
  });

  test('a task that fails frees its place', async () => {
    const lane = new Lane(1);
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lane.run(async () => 1)).toBe(1);
  });

  test('too many that wait are refused', async () => {
    const lane = new Lane(1);
    const gate = Promise.withResolvers<void>();
    const work = Array.from({ length: LANE_WAITING_MAX + 1 }, () => lane.run(() => gate.promise));

    await expect(lane.run(() => gate.promise)).rejects.toThrow(StoreUnavailableError);
    gate.resolve();
    await Promise.all(work);
  });
});
