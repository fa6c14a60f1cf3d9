/** Requests that cannot be taken, in the words of the original's server. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Codes of go-openapi. */
export const CODE = { wrongType: 601, required: 602, tooFew: 612 } as const;

/** Answered as `{"code": …, "message": …}`. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function requiredError(path: string): BodyError {
  return new BodyError(422, CODE.required, `${path} in body is required`);
}

export function bodyErrorAnswer(c: Context, { status, code, message }: BodyError): Response {
  return c.json({ code, message }, status as ContentfulStatusCode);
}

/** An answer that says all by its status. */
export function emptyAnswer(c: Context, status: 200 | 404): Response {
  return c.body(null, status, { 'Content-Length': '0' });
}

/** Most errors of handlers are a text by itself. */
export function textAnswer(c: Context, status: 400 | 404 | 413 | 429, text: string): Response {
  return c.json(text, status);
}
