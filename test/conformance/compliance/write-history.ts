/** Sends histories to receivers of remote write 1.0, all the same bytes. */
import { compressSync } from 'snappy';
import type { Labels } from '../../../model/labels.ts';
import { ProtobufWriter } from '../../../model/protobuf-writer.ts';
import { floatColumn, setStaleAt } from '../../../model/value-bits.ts';
import type { History, HistorySeries } from './history.ts';

const SAMPLES_PER_REQUEST = 300_000;

const STALE = floatColumn(1);
setStaleAt(STALE.words, 0);

/**
 * Request after request in the order of time, as scrapes would come.
 * @returns samples sent to each
 * @throws Error when a receiver does not take all
 */
export async function writeHistory(history: History, urls: readonly string[]): Promise<number> {
  const { series, scrapes } = history;
  const scrapesPerRequest = Math.max(1, Math.floor(SAMPLES_PER_REQUEST / series.length));
  const labels = series.map((one) => encodeLabels(one.labels));
  const writer = new ProtobufWriter();
  let sampleCount = 0;
  for (let from = 0; from < scrapes; from += scrapesPerRequest) {
    const to = Math.min(scrapes, from + scrapesPerRequest);
    writer.reset();
    series.forEach((one, at) => {
      sampleCount += writeSeries(writer, history, one, labels[at] ?? [], from, to);
    });
    const body = compressSync(Buffer.from(writer.finish()));
    await Promise.all(urls.map((url) => post(url, body)));
  }
  return sampleCount;
}

/** A message for each label. */
function encodeLabels(labels: Labels): readonly Uint8Array[] {
  return Array.from(labels.entries(), ([name, value]) =>
    new ProtobufWriter().string(1, name).string(2, value).finish(),
  );
}

function writeSeries(
  writer: ProtobufWriter,
  { startMs, intervalMs }: History,
  { offsetMs, shape }: HistorySeries,
  labels: readonly Uint8Array[],
  from: number,
  to: number,
): number {
  const start = writer.begin(1);
  for (const label of labels) writer.bytes(1, label);
  let count = 0;
  for (let scrape = from; scrape < to; scrape++) {
    const value = shape(scrape);
    const isEnd = value === undefined && scrape > 0 && shape(scrape - 1) !== undefined;
    if (value === undefined && !isEnd) continue;
    const sample = writer.begin(2);
    if (value === undefined) writer.doubleBits(1, STALE.words, 0);
    else writer.double(1, value);
    writer.int(2, startMs + scrape * intervalMs + offsetMs).end(sample);
    count++;
  }
  writer.end(start);
  return count;
}

async function post(url: string, body: Buffer): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: new Uint8Array(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`);
}
