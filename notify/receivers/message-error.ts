/** Messages that cannot be made or sent, where trying again would not help. */
import { readSecret, type SecretSource } from '../../config/secret.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import type { FailureReason, NotifyResult } from '../notifier.ts';

export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly reason: FailureReason;

  constructor(message: string, options: ErrorOptions & { readonly reason?: FailureReason } = {}) {
    super(message, options);
    this.reason = options.reason ?? 'other';
  }
}

/** A template's or the file system's error, with what was being done; any other goes on as a bug. */
export function messageError(what: string, cause: unknown): MessageError {
  if (!isExpected(cause)) throw cause;
  return new MessageError(`${what}: ${cause.message}`, { cause });
}

/** Runs an attempt; what kept the message from being made becomes its result. */
export async function orFailed(attempt: () => Promise<NotifyResult>): Promise<NotifyResult> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof MessageError) && !(error instanceof TemplateError)) throw error;
    const reason = error instanceof MessageError ? error.reason : 'other';
    return { kind: 'failed', retry: false, reason, message: error.message };
  }
}

/**
 * The secret now, white space around it cut when it comes from a file.
 * @param what before the error of a file that cannot be read; '' for nothing
 * @throws MessageError; undefined, which only a configuration with problems has, is ''
 */
export async function messageSecret(
  source: SecretSource | undefined,
  what: string,
): Promise<string> {
  if (source === undefined) return '';
  try {
    return await readSecret(source);
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new MessageError(what === '' ? error.message : `${what}: ${error.message}`, {
      cause: error,
    });
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof TemplateError || (error instanceof Error && 'code' in error);
}
