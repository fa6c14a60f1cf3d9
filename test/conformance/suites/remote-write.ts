/** Remote write 2.0 requests to our receiver, over the real route. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { Registry } from 'prom-client';
import { compress } from 'snappy';
import { writeRoutes } from '../../../api/prometheus/write-routes.ts';
import { RemoteWriteReceiver } from '../../../collector/remote-write/receiver.ts';
import { SILENT_LOGGER } from '../../../model/logger.ts';
import { RecordingSink } from '../../recording-sink.ts';
import { messageV1, messageV2 } from '../../remote-write/write-message.ts';
import { NOW_MS, type ReceiverCase, requestOf, type WriteCaseRequest } from '../receiver-cases.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

const V1 = 'application/x-protobuf';
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
const UNSUPPORTED_MEDIA_TYPE = 415;

interface Exchange {
  readonly request: WriteCaseRequest;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly body: Uint8Array;
}

export const suite: ConformanceSuite = {
  name: 'remote-write',
  caseCount: 79,
  async run(dir, report) {
    const file = await readFile(join(dir, 'remote-write', 'receiver_cases.json'), 'utf8');
    const { cases } = JSON.parse(file) as { cases: readonly ReceiverCase[] };
    for (const one of cases) report(await judge(one));
  },
};

async function judge(one: ReceiverCase): Promise<CaseResult> {
  const name = `${one.test} ${one.name ?? ''}`.trim();
  const isSuccess = one.success ?? one.expectedParams?.success ?? false;
  for (const exchange of await exchangesOf(one)) {
    const response = await send(exchange);
    const problem = isSuccess ? successProblem(response, exchange) : refusalProblem(response, one);
    if (problem === undefined) continue;
    const text = `${problem}; ${response.status} ${await response.text()}`;
    return { name, ok: false, expected: isSuccess ? 'success' : 'refused', got: text };
  }
  return { name, ok: true };
}

async function exchangesOf(one: ReceiverCase): Promise<Exchange[]> {
  const usual = { contentType: V2, contentEncoding: 'snappy' };
  const up = { labels: { __name__: 'up' }, samples: [{ value: 1, timestampMs: NOW_MS }] };
  const request = { series: [up], samples: 1, histograms: 0, exemplars: 0 };
  const encoded = async (message: Uint8Array): Promise<Uint8Array> =>
    compress(Buffer.from(message));
  switch (one.test) {
    case 'TestBadContentTypes':
      return (one.variants ?? []).map((contentType) => ({
        ...usual,
        contentType,
        request,
        body: messageV2([up]),
      }));
    case 'TestBadContentEncodings':
      return (one.variants ?? []).map((contentEncoding) => ({
        ...usual,
        contentEncoding,
        request,
        body: messageV2([up]),
      }));
    case 'TestCorruptRequestBody':
      return [
        { ...usual, request, body: Buffer.from('no snappy') },
        { ...usual, request, body: await encoded(Buffer.from('no protobuf')) },
      ];
    case 'TestRW1BasicCompatibility':
      return [{ ...usual, contentType: V1, request, body: await encoded(messageV1([up])) }];
    case 'TestRW1ErrorHandling':
      return [
        { ...usual, contentType: V1, request, body: await encoded(Buffer.from('no protobuf')) },
      ];
    default: {
      const exchanges: Exchange[] = [];
      for (const value of one.values ?? [undefined]) {
        const built = requestOf(one, value);
        const body = await encoded(messageV2(built.series));
        exchanges.push({ ...usual, request: built, body });
      }
      return exchanges;
    }
  }
}

async function send(exchange: Exchange): Promise<Response> {
  return route().request('/write', {
    method: 'POST',
    headers: {
      'Content-Type': exchange.contentType,
      'Content-Encoding': exchange.contentEncoding,
      'X-Prometheus-Remote-Write-Version': exchange.contentType === V1 ? '0.1.0' : '2.0.0',
    },
    body: new Uint8Array(exchange.body),
  });
}

function route(): Hono {
  const sink = new RecordingSink();
  return writeRoutes({
    remoteWrite: new RemoteWriteReceiver(sink, new Registry(), SILENT_LOGGER, () => NOW_MS),
  });
}

function successProblem(
  response: Response,
  { request, contentType }: Exchange,
): string | undefined {
  if (!response.ok) return 'refused';
  if (contentType === V1) return undefined;
  for (const kind of ['samples', 'histograms', 'exemplars'] as const) {
    const written = writtenOf(response, kind);
    if (written !== request[kind]) return `${written} ${kind} written, not ${request[kind]}`;
  }
  return undefined;
}

function refusalProblem(response: Response, one: ReceiverCase): string | undefined {
  if (response.status < 400 || response.status > 499) return 'not refused for good';
  if (one.status === 'UnsupportedMediaType' && response.status !== UNSUPPORTED_MEDIA_TYPE) {
    return `expected ${UNSUPPORTED_MEDIA_TYPE}`;
  }
  const written = writtenOf(response, 'samples') + writtenOf(response, 'histograms');
  const validMax = one.validSamples ?? 0;
  return written > validMax ? `${written} written, at most ${validMax} are valid` : undefined;
}

function writtenOf(response: Response, kind: string): number {
  return Number(response.headers.get(`X-Prometheus-Remote-Write-${kind}-Written`) ?? 0);
}
