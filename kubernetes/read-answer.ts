/** Reads bodies of an API server: whole, as JSON, or why it refused. */
import { type ApiStatus, ApiStatusError, ClusterUnreachable } from './api-errors.ts';
import type { ClusterResponse } from './cluster.ts';

/** For one object or a page of them; lists of any size are read item by item instead. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;
const RETRY_AFTER_MS_MAX = 60_000;
/** Of a body that is no Status, as some proxies send. */
const TEXT_CHARS_SHOWN_MAX = 200;

/** @throws ClusterUnreachable when the answer breaks off or is too long */
export async function readText(response: ClusterResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new ClusterUnreachable(`an answer of more than ${BODY_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** @throws ApiStatusError for a status of 400 or more, ClusterUnreachable for what is no JSON */
export async function readJson<T>(response: ClusterResponse, nowMs: number): Promise<T> {
  await throwIfRefused(response, nowMs);
  const text = await readText(response);
  try {
    return JSON.parse(text) as T;
  } catch {
    // The parser's text would show what was sent.
    throw new ClusterUnreachable('the answer is no JSON: is it a Kubernetes API server?');
  }
}

/** @throws ApiStatusError for a status of 400 or more, its body read */
export async function throwIfRefused(response: ClusterResponse, nowMs: number): Promise<void> {
  const { status } = response;
  if (status < 400) return;
  const text = await readText(response).catch(() => '');
  throw new ApiStatusError(status, parseStatus(text, status), retryAfterMs(response, nowMs));
}

/** What Retry-After asks for, at most a minute; undefined when it asks for nothing. */
export function retryAfterMs({ headers }: ClusterResponse, nowMs: number): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}

function parseStatus(text: string, code: number): ApiStatus {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null && 'message' in answer) {
      return answer as ApiStatus;
    }
  } catch {
    // A proxy before the server answers in its own way.
  }
  const shown = text.trim().split('\n')[0]?.slice(0, TEXT_CHARS_SHOWN_MAX) ?? '';
  return { message: `the API server answered ${code}${shown === '' ? '' : `: ${shown}`}` };
}
