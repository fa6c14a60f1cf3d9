/** Why a query gave no answer. Names are those of Prometheus' HTTP API. */
export type QueryErrorType = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'internal';

export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly errorType: QueryErrorType;

  constructor(errorType: QueryErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorType = errorType;
  }
}

/** An error of the evaluation itself, e.g. labels that match more than once. */
export function executionError(message: string): QueryError {
  return new QueryError('execution', message);
}

export const TOO_MANY_SAMPLES =
  'query processing would load too many samples into memory in query execution';

export const DUPLICATE_LABELSET = 'vector cannot contain metrics with the same labelset';
