/** A service that writes down what it is sent. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ServerOptions } from 'node:https';
import { listen } from './listening-server.ts';

export interface SunkRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Record<string, unknown>;
}

export interface SinkAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface MessageSink {
  readonly url: string;
  readonly received: SunkRequest[];
}

/**
 * @param answer for each request; an empty 200 when it is undefined
 * @param tls makes it an HTTPS server
 */
export async function messageSink(
  answer: (request: SunkRequest, index: number) => SinkAnswer | undefined = () => undefined,
  tls?: ServerOptions,
): Promise<MessageSink> {
  const received: SunkRequest[] = [];
  const { url } = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const sunk: SunkRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        json: body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {},
      };
      received.push(sunk);
      const { status = 200, headers, body: text } = answer(sunk, received.length - 1) ?? {};
      response.writeHead(status, headers);
      response.end(text);
    });
  }, tls);
  return { url, received };
}
