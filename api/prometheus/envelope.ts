/** The answer form of the Prometheus HTTP API. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { StoreUnavailableError } from '../../model/sink.ts';
import { jsonAnswer } from '../server/body-answer.ts';
import { ApiError } from './api-error.ts';

/** Prometheus sends at most this many warnings and infos, and says how many more there are. */
const NOTES_MAX = 10;

export interface Notes {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export function success(c: Context, data: unknown, notes: Notes = {}): Response {
  return jsonAnswer(c, JSON.stringify({ status: 'success', data, ...envelopeNotes(notes) }));
}

/** An answer without `data`, as that of a deletion. */
export function successWithoutData(c: Context): Response {
  return c.json({ status: 'success' });
}

/** The `warnings` and `infos` fields, left out when empty. */
export function envelopeNotes(notes: Notes): { warnings?: string[]; infos?: string[] } {
  const warnings = cut(notes.warnings ?? [], 'warning');
  const infos = cut(notes.infos ?? [], 'info');
  return {
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(infos.length > 0 ? { infos } : {}),
  };
}

function cut(notes: readonly string[], kind: string): string[] {
  if (notes.length <= NOTES_MAX) return [...notes];
  const rest = notes.length - NOTES_MAX;
  return [...notes.slice(0, NOTES_MAX), `${rest} more ${kind} annotations omitted`];
}

/** Turns whatever a route threw into an answer. A bug is logged and says no more than that. */
export function errorResponse(
  c: Context,
  error: unknown,
  onBug: (error: unknown) => void,
): Response {
  const known = asApiError(error);
  if (known === undefined) onBug(error);
  const apiError = known ?? new ApiError('internal', 'internal error');
  if (apiError.retryAfterSeconds > 0) {
    c.header('Retry-After', String(Math.ceil(apiError.retryAfterSeconds)));
  }
  return c.json(
    { status: 'error', errorType: apiError.errorType, error: apiError.message },
    apiError.status as ContentfulStatusCode,
  );
}

function asApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreUnavailableError) {
    return new ApiError('unavailable', error.message, { cause: error }, error.retryAfterMs / 1000);
  }
  return undefined;
}
