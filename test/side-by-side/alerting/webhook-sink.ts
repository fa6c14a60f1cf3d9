/** A receiver of webhooks that writes down what it is told, and answers as a scenario wants. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SinkAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly fingerprint: string;
}

export interface SinkMessage {
  readonly status: string;
  readonly groupKey: string;
  readonly alerts: readonly SinkAlert[];
}

export interface Received {
  /** Wall clock. */
  readonly atMs: number;
  /** Of the URL, without the slash: the receiver. */
  readonly path: string;
  readonly message: SinkMessage;
  readonly idempotencyKey: string | undefined;
  readonly answer: Answer;
}

/** A status, or no answer at all. */
export type Answer = number | 'hang';

/** Asked with the path, the time, and how many requests came there before. */
export type Answerer = (path: string, atMs: number, before: number) => Answer | DelayedAnswer;

export interface DelayedAnswer {
  readonly status: number;
  readonly afterMs: number;
}

export interface WebhookSink {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startSink(answerer: Answerer): Promise<WebhookSink> {
  const received: Received[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const atMs = Date.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').slice(1);
      const before = counts.get(path) ?? 0;
      counts.set(path, before + 1);
      const chosen = answerer(path, atMs, before);
      const answer = typeof chosen === 'object' ? chosen.status : chosen;
      received.push({
        atMs,
        path,
        message: JSON.parse(Buffer.concat(chunks).toString()) as SinkMessage,
        idempotencyKey: request.headers['idempotency-key'] as string | undefined,
        answer,
      });
      const afterMs = typeof chosen === 'object' ? chosen.afterMs : 0;
      if (answer !== 'hang') setTimeout(() => end(response, answer), afterMs);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}
