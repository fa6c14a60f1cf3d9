/** Failures that have a place in the Prometheus HTTP API. */

/**
 * `errorType` values and the status each travels with. One differs on purpose: Prometheus sends
 * `unavailable` with 500, we send 503, which clients retry.
 */
const STATUS_BY_ERROR_TYPE = {
  bad_data: 400,
  not_found: 404,
  not_acceptable: 406,
  conflict: 409,
  execution: 422,
  too_many_requests: 429,
  canceled: 499,
  internal: 500,
  timeout: 503,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorType = keyof typeof STATUS_BY_ERROR_TYPE;

/** An expected failure. Anything else thrown is a bug: 500. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly errorType: ErrorType;
  /** Sent as `Retry-After`, in seconds; 0 for none. */
  readonly retryAfterSeconds: number;

  constructor(
    errorType: ErrorType,
    message: string,
    options?: ErrorOptions,
    retryAfterSeconds = 0,
  ) {
    super(message, options);
    this.errorType = errorType;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return STATUS_BY_ERROR_TYPE[this.errorType];
  }
}

/** The form in which Prometheus names a parameter it cannot use. */
export function invalidParameter(name: string, problem: string): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${problem}`);
}
