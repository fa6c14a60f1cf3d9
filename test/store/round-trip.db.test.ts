import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { TooManySamplesError } from '../../model/source.ts';
import { openTestStore, type TestStore } from './open-test-store.ts';
import { appendSamples, named, selectAll } from './samples.ts';

const T0_MS = Date.UTC(2026, 10, 24, 12);
let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore({ now: () => T0_MS + 3_600_000 });
});
afterAll(() => opened.remove());

describe('what goes in comes out', () => {
  test('from memory, from ClickHouse after a restart, and from both', async () => {
    const { store } = opened;
    const first = [
      [T0_MS, 1],
      [T0_MS + 15_000, Number.NaN],
      [T0_MS + 30_000, 'stale'],
      [T0_MS + 45_000, Number.POSITIVE_INFINITY],
    ] as const;
    appendSamples(store, { __name__: 'm', job: 'ü"\\' }, first);
    await store.commit();
    const expected = { '{__name__="m", job="ü\\"\\\\"}': first };
    expect(await selectAll(store, named('m'), T0_MS, T0_MS + 60_000)).toEqual(expected);

    await opened.reopen();
    expect(await selectAll(opened.store, named('m'), T0_MS, T0_MS + 60_000)).toEqual(expected);

    appendSamples(opened.store, { __name__: 'm', job: 'ü"\\' }, [[T0_MS + 60_000, -0.5]]);
    expect(await selectAll(opened.store, named('m'), T0_MS + 30_000, T0_MS + 60_000)).toEqual({
      '{__name__="m", job="ü\\"\\\\"}': [...first.slice(2), [T0_MS + 60_000, -0.5]],
    });
  });

  test('series come in the order of their labels, whatever their ids', async () => {
    const { store } = opened;
    for (let n = 0; n < 300; n++) {
      appendSamples(store, { __name__: 'many', n: String(n) }, [[T0_MS, n]]);
    }
    await opened.reopen();

    const found = await selectAll(opened.store, named('many'), T0_MS, T0_MS);
    const some = await selectAll(
      opened.store,
      [...named('many'), new Matcher('=~', 'n', '1.')],
      T0_MS,
      T0_MS,
    );

    expect(Object.keys(found)).toEqual(
      Array.from({ length: 300 }, (_, n) => `{__name__="many", n="${n}"}`).sort(),
    );
    expect(Object.values(some)).toEqual(Array.from({ length: 10 }, (_, n) => [[T0_MS, 10 + n]]));
  });

  test('a selection above its limit is refused, from ClickHouse too', async () => {
    await expect(
      opened.store.select(
        { matchers: named('many'), startMs: T0_MS, endMs: T0_MS, samplesMax: 299 },
        new AbortController().signal,
      ),
    ).rejects.toThrow(TooManySamplesError);
  });
});
