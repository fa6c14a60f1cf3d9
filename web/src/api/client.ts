import { basePath } from '../app/page-settings.ts';

/** What the API answered instead of data. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  /** Such as 'bad_data'; '' when the answer was not the API's. */
  readonly errorType: string;

  constructor(status: number, errorType: string, message: string) {
    super(message);
    this.status = status;
    this.errorType = errorType;
  }
}

export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>;

function searchOf(params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

interface Envelope<T> {
  readonly status: 'success' | 'error';
  readonly data: T;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/**
 * The `data` of an answer in Prometheus' envelope.
 * @param path below `/api/`, such as `v1/targets`
 * @throws ApiFailure, and the signal's reason
 */
export async function getData<T>(path: string, params: Params, signal: AbortSignal): Promise<T> {
  return (await send<Envelope<T>>(`${path}${searchOf(params)}`, { signal })).data;
}

/** An answer without an envelope, as the Alertmanager API has it. @throws as `getData` */
export function getJson<T>(path: string, params: Params, signal: AbortSignal): Promise<T> {
  return send<T>(`${path}${searchOf(params)}`, { signal });
}

/** @throws as `getData` */
export function sendJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  return send<T>(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(`${basePath()}/api/${path}`, init);
  const text = await response.text();
  const answer = parse(text);
  if (response.ok) return answer as T;
  const { errorType = '', error } = (answer ?? {}) as Partial<Envelope<unknown>>;
  const message = error ?? (typeof answer === 'string' ? answer : text.slice(0, 300));
  throw new ApiFailure(response.status, errorType, message || `HTTP ${response.status}`);
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
