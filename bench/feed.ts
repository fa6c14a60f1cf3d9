/**
 * Writes the series of `bench/target-pages.ts` into programs by remote write: the same samples to
 * the bit for all of them, so that answers can be compared.
 */
import { compressSync } from 'snappy';
import { ProtobufWriter } from '../model/protobuf-writer.ts';
import { pauseMs } from './process.ts';
import { TargetPage } from './target-pages.ts';

export interface FeedPlan {
  readonly targets: number;
  readonly seriesPerTarget: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly intervalMs: number;
}

/** Samples of a series in one message: as a sender that has fallen behind would pack them. */
const SAMPLES_PER_MESSAGE = 24;
const RETRY_MS = 100;
const ATTEMPTS_MAX = 5;

/**
 * Each target is sampled at a time of its own within the interval, as scrapes are.
 * @param urls of the programs; each gets every message before the next one is made
 * @returns the number of samples
 */
export async function feed(urls: readonly string[], plan: FeedPlan): Promise<number> {
  const { startMs, endMs, intervalMs } = plan;
  const targets = Array.from({ length: plan.targets }, (_, target) => targetOf(plan, target));
  let samples = 0;
  const spanMs = SAMPLES_PER_MESSAGE * intervalMs;
  for (let fromMs = startMs; fromMs <= endMs; fromMs += spanMs) {
    for (const target of targets) {
      const { message, count } = nextMessage(target, plan, fromMs, fromMs + spanMs);
      samples += count;
      const body = compressSync(message);
      await Promise.all(urls.map((url) => send(url, body)));
    }
  }
  return samples;
}

interface FedTarget {
  readonly page: TargetPage;
  readonly offsetMs: number;
  /** The label fields of each series, encoded. */
  readonly labels: readonly Uint8Array[];
}

function targetOf({ seriesPerTarget, startMs, intervalMs }: FeedPlan, target: number): FedTarget {
  const page = new TargetPage({ target, seriesCount: seriesPerTarget, churnPerMinute: 0 });
  const added = ['instance', `t${target}`, 'job', `j${target % 5}`];
  const labels = page.labelSets(startMs).map((pairs) => encodeLabels([...pairs, ...added]));
  return { page, offsetMs: (target * 397) % intervalMs, labels };
}

function encodeLabels(pairs: readonly string[]): Uint8Array {
  const sorted: [string, string][] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    sorted.push([pairs[at] as string, pairs[at + 1] as string]);
  }
  sorted.sort(([a], [b]) => (a < b ? -1 : 1));
  const writer = new ProtobufWriter();
  for (const [name, value] of sorted) {
    const label = writer.begin(1);
    writer.string(1, name).string(2, value).end(label);
  }
  return writer.finish();
}

/** `prometheus.WriteRequest` of all series of a target. */
function nextMessage(
  { page, offsetMs, labels }: FedTarget,
  { endMs, intervalMs }: FeedPlan,
  fromMs: number,
  untilMs: number,
): { readonly message: Buffer; readonly count: number } {
  const timesMs: number[] = [];
  for (let timeMs = fromMs; timeMs < untilMs && timeMs <= endMs; timeMs += intervalMs) {
    timesMs.push(timeMs + offsetMs);
  }
  const rows = timesMs.map((timeMs) => page.values(timeMs));
  const body = new ProtobufWriter(1 << 20);
  labels.forEach((encoded, series) => {
    const one = new ProtobufWriter();
    rows.forEach((values, row) => {
      const sample = one.begin(2);
      one.double(1, values[series] as number).int(2, timesMs[row] as number);
      one.end(sample);
    });
    body.bytes(1, Buffer.concat([encoded, one.finish()]));
  });
  return { message: Buffer.from(body.finish()), count: labels.length * rows.length };
}

async function send(url: string, body: Uint8Array): Promise<void> {
  const headers = {
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  const request = { method: 'POST', headers, body: new Uint8Array(body) };
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`${url}/api/v1/write`, request);
      const text = await response.text();
      if (response.ok) return;
      const isBusy = response.status === 429 || response.status === 503;
      if (!isBusy) throw new Error(`${url}: ${response.status} ${text}`);
    } catch (error) {
      // A server may close an idle connection just when the next message sets out.
      if (attempt >= ATTEMPTS_MAX || !(error instanceof TypeError)) throw error;
    }
    await pauseMs(RETRY_MS);
  }
}
