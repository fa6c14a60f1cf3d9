/**
 * Samples per second from page to row on the real answers of the exposition suite, by hand:
 * `node bench/scan.ts`. No store: the sink takes rows and forgets them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { INGEST_DEFAULTS } from '../collector/ingest/ingest-options.ts';
import { TargetIngest } from '../collector/ingest/target-ingest.ts';
import type { AppendResult, SampleSink } from '../model/sink.ts';
import { suitesDir } from '../test/suites.ts';

const SECONDS_PER_FIGURE = 0.4;
const SAMPLES_MIN = 1000;

interface Dump {
  readonly file: string;
  readonly format: string;
  readonly samples: number;
}

const NOTHING: AppendResult = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };

function forgetfulSink(): SampleSink {
  const refs = new Map<string, number>();
  return {
    resolve: (labels) => {
      const known = refs.get(labels.key);
      if (known !== undefined) return known;
      refs.set(labels.key, refs.size + 1);
      return refs.size;
    },
    openScrapeWriter: () => ({
      setLayout: () => undefined,
      appendRow: () => NOTHING,
      close: () => undefined,
    }),
    append: () => NOTHING,
    appendHistograms: () => NOTHING,
    appendExemplars: () => undefined,
    appendMetadata: () => undefined,
    commit: () => Promise.resolve(),
  };
}

function openTarget(): TargetIngest {
  return new TargetIngest(forgetfulSink(), { ...INGEST_DEFAULTS, mutate: (labels) => labels });
}

/** Another value in every `nth` sample line, of the same kind of number. */
function changed(text: string, nth: number): string {
  let count = 0;
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('#') || line === '') return line;
      if (count++ % nth !== 0) return line;
      return line.replace(
        /([} ])(\d)(\S*)( \d+)?$/,
        (_, before: string, digit: string, rest: string, time?: string) => {
          return `${before}${(Number(digit) % 9) + 1}${rest}${time ?? ''}`;
        },
      );
    })
    .join('\n');
}

function samplesPerSecond(samples: number, run: (turn: number) => void): number {
  run(0);
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + SECONDS_PER_FIGURE * 1000;
  for (let turn = 1; performance.now() < until; turn++) {
    const start = performance.now();
    run(turn);
    best = Math.min(best, performance.now() - start);
  }
  return samples / (best / 1000);
}

function repeated(pages: readonly Buffer[], format: string): (turn: number) => void {
  const target = openTarget();
  return (turn) => {
    const page = pages[turn % pages.length] as Buffer;
    const { error } = target.ingest(page, format, turn + 1);
    if (error !== undefined) throw error;
    target.report(turn + 1, []);
  };
}

const dir = resolve(suitesDir(), 'exposition/dumps');
const { cases } = JSON.parse(readFileSync(resolve(dir, 'dumps.json'), 'utf8')) as {
  cases: readonly Dump[];
};
console.log('million samples per second: first scrape | every value changed | one in ten | none');
for (const { file, format, samples } of cases) {
  if (samples < SAMPLES_MIN) continue;
  const body = readFileSync(resolve(dir, file));
  const text = body.toString();
  const figures = [
    samplesPerSecond(samples, () => openTarget().ingest(body, format, 1)),
    samplesPerSecond(samples, repeated([body, Buffer.from(changed(text, 1))], format)),
    samplesPerSecond(samples, repeated([body, Buffer.from(changed(text, 10))], format)),
    samplesPerSecond(samples, repeated([body], format)),
  ].map((figure) => (figure / 1e6).toFixed(2).padStart(7));
  const bytesPerSample = Math.round(body.length / samples);
  console.log(`${figures.join(' |')}   ${file} (${samples} samples, ${bytesPerSample} bytes each)`);
}
