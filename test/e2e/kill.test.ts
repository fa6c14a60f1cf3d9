import { compressSync } from 'snappy';
import { afterAll, describe, expect, test } from 'vitest';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';
import { query, type RunningProgram, runProgram, temporaryDir } from './run-program.ts';

/** `WATCHKEEPER_KILLS=50` for the long run. */
const KILLS = Number(process.env['WATCHKEEPER_KILLS'] ?? 4);
const SERIES_COUNT = 50;
const STEP_MS = 100;
const WRITES_PER_LIFE_MAX = 150;
const dir = temporaryDir();

afterAll(() => dir.remove());

/** `prometheus.WriteRequest` with one sample of every series: its value is the number of the step. */
function writeRequest(step: number, timestampMs: number): Buffer {
  const writer = new ProtobufWriter();
  for (let index = 0; index < SERIES_COUNT; index++) {
    const series = writer.begin(1);
    for (const [name, value] of [
      ['__name__', 'kept'],
      ['index', String(index)],
    ] as const) {
      const label = writer.begin(1);
      writer.string(1, name).string(2, value).end(label);
    }
    const sample = writer.begin(2);
    writer.double(1, step).int(2, timestampMs).end(sample).end(series);
  }
  return compressSync(Buffer.from(writer.finish()));
}

async function write(url: string, body: Buffer): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(body),
    });
    if (response.status >= 400) throw new Error(`${response.status}: ${await response.text()}`);
    return true;
  } catch (error) {
    // The program went away in the middle of a request: nothing was acknowledged.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Writes until the program is killed. @returns steps acknowledged so far */
async function writeUntilKilled(
  program: RunningProgram,
  startMs: number,
  firstStep: number,
): Promise<number> {
  const lifeSteps = 1 + Math.floor(Math.random() * WRITES_PER_LIFE_MAX);
  let step = firstStep;
  for (; step < firstStep + lifeSteps; step++) {
    if (!(await write(program.url, writeRequest(step, startMs + step * STEP_MS)))) return step;
  }
  // The kill comes while the next request is under way.
  const last = write(program.url, writeRequest(step, startMs + step * STEP_MS));
  await program.stop('SIGKILL');
  return (await last) ? step + 1 : step;
}

describe('kill -9 during remote write', () => {
  test(
    'what was acknowledged is there, once',
    async () => {
      const startMs = Date.now() - 30 * 60_000;
      const args = ['serve', `--data=${dir.path}/data`, '--listen=127.0.0.1:0'];
      let steps = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        steps = await writeUntilKilled(await runProgram(args), startMs, steps);
      }

      const program = await runProgram(args);
      const endSeconds = (startMs + (steps - 1) * STEP_MS) / 1000;
      const rangeMs = steps * STEP_MS;
      const of = async (fn: string): Promise<readonly number[]> => {
        const { data } = await query(program.url, `${fn}(kept[${rangeMs}ms])`, endSeconds);
        return data.result.map(({ value }) => Number(value[1]));
      };
      const counts = await of('count_over_time');
      const sums = await of('sum_over_time');
      const changes = await of('changes');
      await program.stop();

      const sum = (steps * (steps - 1)) / 2;
      expect(counts).toEqual(Array.from({ length: SERIES_COUNT }, () => steps));
      expect(sums).toEqual(Array.from({ length: SERIES_COUNT }, () => sum));
      expect(changes).toEqual(Array.from({ length: SERIES_COUNT }, () => steps - 1));
    },
    KILLS * 120_000,
  );
});
