import fc from 'fast-check';
import { compressSync } from 'snappy';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RemoteReadClient, RemoteReadError } from '../../collector/remote-read/client.ts';
import { RemoteReadHandler } from '../../collector/remote-read/read-handler.ts';
import { encodeReadRequest } from '../../collector/remote-read/read-request.ts';
import { Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { httpClientConfig } from '../collector-configs.ts';
import { listen } from '../listening-server.ts';
import { columnsSource, SOME_HISTOGRAM, type SourceSeries } from './columns-source.ts';
import { startReadServer } from './read-server.ts';

const FLOATS: readonly SourceSeries[] = ['a', 'b'].map((job) => ({
  labels: { __name__: 'up', job },
  samples: Array.from({ length: 300 }, (_, at) => [at * 1000, at % 7] as const),
}));
const ALL = [new Matcher('=~', '__name__', '.+')];
const NEVER = new AbortController().signal;

async function clientOf(
  series: readonly SourceSeries[],
  wantsChunks: boolean,
  externalLabels = Labels.EMPTY,
) {
  const server = await startReadServer(columnsSource(series), externalLabels);
  const client = clientFor(server.url, wantsChunks);
  onTestFinished(() => server.close());
  return { server, client };
}

function clientFor(url: string, wantsChunks = false): RemoteReadClient {
  const client = new RemoteReadClient({
    url,
    httpClient: httpClientConfig(),
    timeoutMs: 5000,
    wantsChunks,
  });
  onTestFinished(() => client.close());
  return client;
}

describe('remote read', () => {
  test.each([
    [true, 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse'],
    [false, 'application/x-protobuf'],
  ])('what is stored is read, in chunks: %s', async (wantsChunks, contentType) => {
    const { server, client } = await clientOf(FLOATS, wantsChunks);

    const series = await client.readSlice(ALL, { startMs: 1000, endMs: 250_000 }, NEVER);

    expect(series.map(({ labels }) => labels.toString())).toEqual([
      '{__name__="up", job="a"}',
      '{__name__="up", job="b"}',
    ]);
    expect([...(series[0]?.timestampsMs ?? [])]).toEqual(
      Array.from({ length: 250 }, (_, at) => (at + 1) * 1000),
    );
    expect(series[0]?.values[5]).toBe(6);
    expect(server.contentTypes).toEqual([contentType]);
  });

  test('slices together are the whole range, nothing twice', async () => {
    const { client } = await clientOf(FLOATS.slice(0, 1), true);
    const times: number[] = [];

    const range = { startMs: 0, endMs: 299_000 };
    for await (const series of client.read(ALL, range, 70_000, NEVER)) {
      times.push(...series.timestampsMs);
    }

    expect(times).toEqual(Array.from({ length: 300 }, (_, at) => at * 1000));
  });

  test('native histograms come as samples, whatever is wanted first', async () => {
    const series: SourceSeries[] = [
      { labels: { __name__: 'h' }, samples: [[5000, SOME_HISTOGRAM]] },
    ];
    const { client } = await clientOf(series, true);

    const read = await client.readSlice(ALL, { startMs: 0, endMs: 9000 }, NEVER);

    expect(read[0]?.histograms).toMatchObject([{ timestampMs: 5000, histogram: SOME_HISTOGRAM }]);
  });

  test('external labels are added, and may be asked for', async () => {
    const external = Labels.fromRecord({ cluster: 'x', job: 'never' });
    const { client } = await clientOf(FLOATS, false, external);
    const matchers = [new Matcher('=', 'cluster', 'x'), new Matcher('=', 'job', 'a')];

    const series = await client.readSlice(matchers, { startMs: 0, endMs: 0 }, NEVER);

    expect(series.map(({ labels }) => labels.toString())).toEqual([
      '{__name__="up", cluster="x", job="a"}',
    ]);
  });

  test('more samples than allowed are refused', async () => {
    const server = await startReadServer(columnsSource(FLOATS), Labels.EMPTY, 10);
    onTestFinished(() => server.close());

    const reading = clientFor(server.url).readSlice(ALL, { startMs: 0, endMs: 1e6 }, NEVER);

    await expect(reading).rejects.toThrow(/http status 400 Bad Request: too many samples/);
  });

  test.each([
    ['application/x-protobuf', 'nonsense'],
    ['application/x-streamed-protobuf', 'nonsense'],
  ])('an answer of %s that is none is an error', async (contentType, body) => {
    const { url } = await listen((_, response) => {
      response.setHeader('Content-Type', contentType).end(body);
    });

    const reading = clientFor(url).readSlice(ALL, { startMs: 0, endMs: 1 }, NEVER);

    await expect(reading).rejects.toThrow(RemoteReadError);
  });

  test('a request for types that are not known is refused', async () => {
    const message = encodeReadRequest({ queries: [], accepted: ['samples'] }).slice();
    message[message.length - 1] = 9;

    const answer = await handler().read(compressSync(Buffer.from(message)), NEVER);

    expect(answer).toMatchObject({ kind: 'refused', status: 400 });
  });

  test('whatever the bytes, there is an answer', async () => {
    const to = handler();
    const valid = encodeReadRequest({
      queries: [{ startMs: 0, endMs: 9, matchers: ALL }],
      accepted: ['chunks'],
    }).slice();
    const edited = fc.tuple(fc.nat(valid.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = valid.slice();
      bytes[at] = byte;
      return bytes;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), edited), fc.boolean(), async (bytes, packs) => {
        const body = packs ? compressSync(Buffer.from(bytes)) : bytes;
        const { kind } = await to.read(body, NEVER);
        expect(['samples', 'chunks', 'refused']).toContain(kind);
      }),
      { numRuns: 300 },
    );
  });
});

function handler(): RemoteReadHandler {
  return new RemoteReadHandler({
    source: columnsSource(FLOATS),
    externalLabels: () => Labels.EMPTY,
    samplesMax: 1000,
  });
}
