/** What goes wrong between us and an API server, as types. No secrets are in the texts. */

/** The body of an answer that refuses, as the API server writes it (`kind: Status`). */
export interface ApiStatus {
  readonly message?: string;
  /** 'NotFound', 'Forbidden', 'Expired' … */
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly retryAfterSeconds?: number };
  readonly metadata?: { readonly continue?: string };
}

/** The API server answered with a status of 400 or more; the text is its own message. */
export class ApiStatusError extends Error {
  override readonly name = 'ApiStatusError';
  /** Of HTTP, or of the Status that came in a watch. */
  readonly code: number;
  /** '' when the answer was not a Status. */
  readonly reason: string;
  /** What the server asked for by Retry-After; undefined when it did not. */
  readonly retryAfterMs: number | undefined;
  readonly status: ApiStatus;

  constructor(code: number, status: ApiStatus, retryAfterMs?: number) {
    super(status.message ?? `the API server answered ${code}`);
    this.code = code;
    this.reason = status.reason ?? '';
    this.retryAfterMs = retryAfterMs;
    this.status = status;
  }
}

/** No answer came: no connection, no credentials to send, a time-out, or the connection broke. */
export class ClusterUnreachable extends Error {
  override readonly name = 'ClusterUnreachable';
}
