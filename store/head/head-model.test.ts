import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScrapeWriter } from '../../model/sink.ts';
import {
  ABSENT,
  bitsOf,
  type Cell,
  column,
  makeSeries,
  newHead,
  read,
  STALE,
} from './head-fixture.ts';

describe('against a model that keeps every sample in a map', () => {
  const SERIES = 6;
  const WINDOW_UNITS = 6;
  const cell = fc.oneof(
    fc.integer({ min: -5, max: 500 }),
    fc.double(),
    fc.integer({ min: 0, max: 10_000 }).map((whole) => whole / 1000),
    fc.constantFrom<Cell>(ABSENT, STALE, 1),
  );
  const op = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('rows' as const),
        writer: fc.nat(1),
        advance: fc.integer({ min: -2, max: 6 }),
        rows: fc.array(fc.array(cell, { minLength: SERIES, maxLength: SERIES }), {
          minLength: 1,
          maxLength: 16,
          size: 'max',
        }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('layout' as const),
        writer: fc.nat(1),
        columns: fc.uniqueArray(fc.nat(SERIES - 1), { maxLength: SERIES }),
        isExtension: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('batch' as const),
        samples: fc.array(fc.tuple(fc.nat(SERIES - 1), fc.integer({ min: -9, max: 3 }), cell), {
          maxLength: 20,
        }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), writer: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('drain' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pack' as const), samples: fc.nat(10) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict' as const) }) },
  );

  test('any appends, layouts, packing and eviction: select and drain tell the same', () => {
    fc.assert(
      fc.property(
        fc.array(op, { maxLength: 60, size: 'max' }),
        fc.nat(40),
        fc.nat(40),
        fc.constantFrom(500, 100_000),
        (ops, from, length, unitMs) => {
          const windowMs = WINDOW_UNITS * unitMs;
          const { index, head } = newHead({
            bytesMax: 1,
            outOfOrderWindowMs: windowMs,
            pastMaxMs: windowMs,
            logLimits: { samplesPerSeries: 2, samplesMin: 1, samplesMax: 100, ageMsMax: 1e9 },
          });
          const refs = makeSeries(index, SERIES);
          const model = Array.from({ length: SERIES + 1 }, () => new Map<number, bigint>());
          const drained = model.map(() => new Map<number, bigint>());
          const lastMs = new Map<number, number>();
          let newestMs = Number.NEGATIVE_INFINITY;
          let nowMs = 1_000_000;
          const writers: (ScrapeWriter | undefined)[] = [undefined, undefined];
          const layouts: Uint32Array[] = [new Uint32Array(0), new Uint32Array(0)];

          const offer = (
            ref: number,
            timeMs: number,
            bits: bigint,
          ): keyof typeof tally | undefined => {
            const series = model[ref]!;
            const last = lastMs.get(ref) ?? Number.NEGATIVE_INFINITY;
            const oldestMs = newestMs - windowMs;
            if (timeMs <= last) {
              if (timeMs < last && timeMs < oldestMs) return 'tooOld';
              const stored = series.get(timeMs);
              // A repeat of what memory has let go of cannot be compared any more.
              const isForgotten = timeMs === last && timeMs < head.completeSinceMs;
              if (
                stored !== undefined &&
                isForgotten &&
                read(head, Uint32Array.of(ref), timeMs, timeMs).flat().length === 0
              )
                return 'appended';
              if (stored !== undefined) return stored === bits ? 'appended' : 'duplicates';
            } else if (timeMs < oldestMs) return 'tooOld';
            series.set(timeMs, bits);
            lastMs.set(ref, Math.max(last, timeMs));
            newestMs = Math.max(newestMs, timeMs);
            return 'appended';
          };
          let tally = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };
          const drain = (): void => {
            const columns = head.drain();
            const ids = new BigUint64Array(columns.seriesIds.slice().buffer);
            const times = new BigInt64Array(columns.timestamps.slice().buffer);
            const bits = bitsOf(columns.values);
            ids.forEach((id, at) => {
              const ref = index.findId(Number(id >> 32n), Number(id & 0xffffffffn));
              expect(drained[ref]!.has(Number(times[at]))).toBe(false);
              drained[ref]!.set(Number(times[at]), bits[at]!);
            });
            // Whoever still read it would see.
            columns.seriesIds.fill(7);
            columns.values.fill(7);
            columns.release();
          };

          const check = (): void => {
            const startMs = 1_000_000 + from * 2 * unitMs;
            for (const [start, end] of [
              [-1e15, 1e15],
              [startMs, startMs + length * unitMs],
            ] as const) {
              const order = refs.slice().reverse();
              const expected = [...order].map((ref) =>
                [...model[ref]!]
                  .filter(([timeMs]) => timeMs >= start && timeMs <= end)
                  .sort((a, b) => a[0] - b[0]),
              );
              const found = read(head, order, start, end);
              if (head.completeSinceMs === Number.NEGATIVE_INFINITY)
                expect(found).toEqual(expected);
              else {
                const isIn = ([timeMs]: [number, bigint]): boolean =>
                  timeMs >= head.completeSinceMs;
                expect(found.map((samples) => samples.filter(isIn))).toEqual(
                  expected.map((samples) => samples.filter(isIn)),
                );
              }
              expect(head.count(order, start, end)).toBeGreaterThanOrEqual(found.flat().length);
            }
          };

          for (const step of ops) {
            if (step.kind === 'layout') {
              const before = step.isExtension ? [...layouts[step.writer]!] : [];
              const added = step.columns
                .map((n) => refs[n]!)
                .filter((ref) => !before.includes(ref));
              layouts[step.writer] = Uint32Array.from([...before, ...added]);
              writers[step.writer] ??= head.openScrapeWriter();
              writers[step.writer]!.setLayout(layouts[step.writer]!);
            } else if (step.kind === 'close') {
              writers[step.writer]?.close();
              writers[step.writer] = undefined;
              layouts[step.writer] = new Uint32Array(0);
            } else if (step.kind === 'rows') {
              const writer = writers[step.writer];
              if (writer === undefined) continue;
              for (const cells of step.rows) {
                nowMs += step.advance * unitMs;
                const values = column(cells);
                tally = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };
                layouts[step.writer]!.forEach((ref, at) => {
                  if (cells[at] === ABSENT) return;
                  const fate = offer(ref, nowMs, bitsOf(values.subarray(at, at + 1))[0]!);
                  if (fate !== undefined) tally[fate]++;
                });
                expect(writer.appendRow(nowMs, values)).toEqual(tally);
              }
            } else if (step.kind === 'batch') {
              const samples = step.samples.filter(([, , value]) => value !== ABSENT);
              const values = column(samples.map(([, , value]) => value));
              const times = Float64Array.from(samples, ([, steps]) => nowMs + steps * unitMs);
              tally = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };
              samples.forEach(([n], at) => {
                const fate = offer(refs[n]!, times[at]!, bitsOf(values.subarray(at, at + 1))[0]!);
                if (fate !== undefined) tally[fate]++;
              });
              const result = head.append({
                count: samples.length,
                refs: Uint32Array.from(samples, ([n]) => refs[n]!),
                timestampsMs: times,
                values,
              });
              expect(result).toEqual(tally);
            } else if (step.kind === 'drain') drain();
            else if (step.kind === 'pack') {
              drain();
              head.pack(step.samples);
              check();
            } else {
              head.evict(nowMs);
              check();
            }
          }

          check();
          drain();
          expect(drained).toEqual(model);
        },
      ),
      { numRuns: 200 },
    );
  });
});
