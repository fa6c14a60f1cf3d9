/** What a silence is, and what makes a good one. */
import { AlertMatcher } from '../model/alert-matchers/alert-matcher.ts';
import { isAlertLabelName } from '../model/alert-matchers/parse-matchers.ts';
import { quoteGo } from '../model/labels.ts';
import { type MatchType, RegexError } from '../model/matcher.ts';

export type SilenceState = 'pending' | 'active' | 'expired';

/** Keeps the alerts silent that all its matchers match, from `startsAtMs` to `endsAtMs`. */
export interface Silence {
  /** UUID */
  readonly id: string;
  readonly matchers: readonly AlertMatcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What somebody asks for. */
export interface SilenceRequest {
  /** Of the silence to change; '' for a new one. */
  readonly id: string;
  readonly matchers: readonly {
    readonly type: MatchType;
    readonly name: string;
    readonly value: string;
  }[];
  /** Undefined is now; so is any time before. */
  readonly startsAtMs: number | undefined;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A request that cannot be met; the text is Alertmanager's. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
  readonly kind: 'not found' | 'invalid' | 'limit';

  constructor(kind: SilenceError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The end itself is no part of it: a silence that is ended is over at once. */
export function silenceState(
  { startsAtMs, endsAtMs }: Pick<Silence, 'startsAtMs' | 'endsAtMs'>,
  nowMs: number,
): SilenceState {
  if (nowMs < startsAtMs) return 'pending';
  return nowMs < endsAtMs ? 'active' : 'expired';
}

/**
 * Checks a request as Alertmanager does.
 * @throws SilenceError
 */
export function checkSilence(request: SilenceRequest, startsAtMs: number): readonly AlertMatcher[] {
  if (request.matchers.length === 0) throw invalid('matcher set 0 is empty');
  const matchers = request.matchers.map((parts, at) => {
    try {
      return checkMatcher(parts);
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      throw invalid(`invalid label matcher ${at} in set 0: ${error.message}`, error);
    }
  });
  if (matchers.every(isAboutNothing)) {
    throw invalid('matcher set 0: at least one matcher must not match the empty string');
  }
  if (!Number.isFinite(startsAtMs)) throw invalid('invalid zero start timestamp');
  if (!Number.isFinite(request.endsAtMs)) throw invalid('invalid zero end timestamp');
  if (request.endsAtMs < startsAtMs) throw invalid('end time must not be before start time');
  return matchers;
}

/** @throws RegexError for any fault */
function checkMatcher(parts: SilenceRequest['matchers'][number]): AlertMatcher {
  const { type, name, value } = parts;
  if (!isAlertLabelName(name, 'fallback')) {
    throw new RegexError(`invalid label name ${quoteGo(name)}`);
  }
  if (!value.isWellFormed()) throw new RegexError(`invalid label value ${quoteGo(value)}`);
  try {
    return new AlertMatcher(type, name, value);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    // The original shows the expression as it was written, without its anchors.
    const why = error.message.replace(`\`^(?:${value})$\``, () => `\`${value}\``);
    const text = `invalid regular expression ${quoteGo(value)}: ${why}`;
    throw new RegexError(text, { cause: error });
  }
}

/** Would match any alert without the label; a negative matcher is taken to mean something. */
function isAboutNothing(matcher: AlertMatcher): boolean {
  return (matcher.type === '=' || matcher.type === '=~') && matcher.matches('');
}

function invalid(problem: string, cause?: unknown): SilenceError {
  return new SilenceError('invalid', `invalid silence: ${problem}`, { cause });
}
