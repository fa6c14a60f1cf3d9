import { StoreUnavailableError } from '../../model/sink.ts';

/** What a refused or failed query means to the one who asked. */
export type QueryErrorKind = 'bad_query' | 'memory' | 'timeout' | 'rows' | 'canceled' | 'internal';

/** ClickHouse ran the query, or read it, and said no. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** ClickHouse's number of the error. */
  readonly code: number;
  readonly kind: QueryErrorKind;

  constructor(code: number, kind: QueryErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.kind = kind;
  }
}

const RETRY_AFTER_MS = 5000;

const KIND_BY_CODE: ReadonlyMap<number, QueryErrorKind> = new Map([
  [47, 'bad_query'],
  [60, 'bad_query'],
  [62, 'bad_query'],
  [164, 'bad_query'],
  [241, 'memory'],
  [158, 'rows'],
  [307, 'rows'],
  [396, 'rows'],
  [159, 'timeout'],
  [160, 'timeout'],
  [394, 'canceled'],
]);

/**
 * The engine is there and does not take it now: 74/75 cannot read or write a file, 202 too many
 * queries, 209/210 network, 236 aborted, 242 table is read-only, 243 no space, 252 too many parts,
 * 279 all connections failed, 319 unknown status of insert, 425 system error, 516 authentication,
 * 999 Keeper.
 */
const UNAVAILABLE_CODES: ReadonlySet<number> = new Set([
  74, 75, 202, 209, 210, 236, 242, 243, 252, 279, 319, 425, 516, 999,
]);

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
]);

/** The one place where errors of either engine become ours. Our own errors pass through. */
export function mapEngineError(error: unknown): Error {
  if (error instanceof QueryError || error instanceof StoreUnavailableError) return error;
  const { message, code } = describe(error);
  if (code !== undefined) {
    if (UNAVAILABLE_CODES.has(code)) {
      return new StoreUnavailableError(`store: ${message}`, RETRY_AFTER_MS, { cause: error });
    }
    return new QueryError(code, KIND_BY_CODE.get(code) ?? 'internal', message, { cause: error });
  }
  if (isNetworkError(error, message)) {
    return new StoreUnavailableError(`ClickHouse is not reachable: ${message}`, RETRY_AFTER_MS, {
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(message);
}

function describe(error: unknown): { message: string; code: number | undefined } {
  const message = error instanceof Error ? error.message : String(error);
  const fromText = /\bCode: (\d+)\b/.exec(message)?.[1];
  const property = (error as { code?: unknown } | null)?.code;
  const fromProperty =
    typeof property === 'string' && /^\d+$/.test(property) ? property : undefined;
  const code = fromProperty ?? fromText;
  return { message: message.trim(), code: code === undefined ? undefined : Number(code) };
}

function isNetworkError(error: unknown, message: string): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== undefined && NETWORK_CODES.has(code)) return true;
  return /^(Timeout error\.|socket hang up|Client network socket disconnected)/.test(message);
}
