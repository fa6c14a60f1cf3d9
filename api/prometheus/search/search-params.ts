/** Parameters of the search API; error texts are Prometheus'. */
import { quoteGo } from '../../../model/labels.ts';
import type { LabelSelection } from '../../../model/source.ts';
import { ApiError } from '../api-error.ts';
import { readMatcherSets } from '../matcher-params.ts';
import { type Params, parseTimeMs } from '../params.ts';
import type { SearchTerms } from './match-score.ts';

/** Each costs time per name, so that their number needs a bound. */
const TERMS_MAX = 32;
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 10_000;
const HOUR_MS = 3_600_000;

export interface SearchParams {
  readonly selection: LabelSelection;
  readonly search: SearchTerms;
  readonly order: 'ascending' | 'descending' | 'score';
  readonly showsScore: boolean;
  readonly limit: number;
  readonly batchSize: number;
}

/** @throws ApiError */
export function readSearchParams(params: Params, endpoint: string, nowMs: number): SearchParams {
  const startMs = readTime(params, 'start', nowMs - HOUR_MS);
  const endMs = readTime(params, 'end', nowMs);
  if (endMs < startMs) throw bad('end timestamp must not be before start timestamp');
  const matcherSets = readMatcherSets(params.all('match[]'));
  const terms = params.all('search[]');
  if (terms.length > TERMS_MAX) {
    throw bad(`too many search[] terms: got ${terms.length}, maximum is ${TERMS_MAX}`);
  }
  const threshold = readThreshold(params.get('fuzz_threshold'));
  const algorithm = params.get('fuzz_alg') || 'subsequence';
  if (algorithm !== 'subsequence' && algorithm !== 'jarowinkler') {
    throw bad(
      `unsupported fuzz_alg ${quoteGo(algorithm)}: must be one of [subsequence jarowinkler]`,
    );
  }
  const isCaseSensitive = readBoolean(params, 'case_sensitive', true);
  const showsScore = readBoolean(params, 'include_score', false);
  const order = readOrder(params, endpoint, terms.length > 0);
  const limit = readPositive(params, 'limit', LIMIT_DEFAULT);
  if (limit > LIMIT_MAX) throw bad(`limit ${limit} exceeds the maximum (${LIMIT_MAX})`);
  const batchSize = readPositive(params, 'batch_size', LIMIT_DEFAULT);
  const selection = { matcherSets, startMs, endMs, limit: 0 };
  const search = { terms, threshold, algorithm, isCaseSensitive } satisfies SearchTerms;
  return { selection, search, order, showsScore, limit, batchSize };
}

/** @throws ApiError for what Go's `strconv.ParseBool` does not take */
export function readBoolean(params: Params, name: string, fallback: boolean): boolean {
  const text = params.get(name);
  if (text === '') return fallback;
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw bad(`invalid ${name} ${quoteGo(text)}: must be boolean`);
}

function readTime(params: Params, name: string, fallbackMs: number): number {
  const text = params.get(name);
  const timeMs = text === '' ? fallbackMs : parseTimeMs(text);
  if (timeMs !== undefined) return timeMs;
  throw bad(`invalid time value for '${name}': cannot parse ${quoteGo(text)} to a valid timestamp`);
}

/** A whole percentage, as a ratio. */
function readThreshold(text: string): number {
  if (text === '') return 0;
  const percent = /^[+-]?\d+$/.test(text) ? Number(text) : -1;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw bad(`invalid fuzz_threshold ${quoteGo(text)}: must be 0-100`);
}

function readPositive(params: Params, name: string, fallback: number): number {
  const text = params.get(name);
  if (text === '') return fallback;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : 0;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw bad(`invalid ${name} ${quoteGo(text)}: must be a positive integer`);
}

function readOrder(params: Params, endpoint: string, hasTerms: boolean): SearchParams['order'] {
  const by = params.get('sort_by');
  const direction = params.get('sort_dir');
  if (direction !== '' && by === '') throw bad('sort_dir is only valid when sort_by is set');
  if (direction !== '' && by === 'score') {
    throw bad('sort_dir is not supported for sort_by=score');
  }
  if (direction !== '' && direction !== 'asc' && direction !== 'dsc') {
    throw bad(`invalid sort_dir ${quoteGo(direction)}: must be "asc" or "dsc"`);
  }
  if (by === 'score') {
    if (!hasTerms) throw bad('sort_by=score requires search[] to be set');
    return 'score';
  }
  if (by !== '' && by !== 'alpha') {
    throw bad(`invalid sort_by ${quoteGo(by)} for ${endpoint}: must be "alpha" or "score"`);
  }
  return direction === 'dsc' ? 'descending' : 'ascending';
}

function bad(text: string): ApiError {
  return new ApiError('bad_data', text);
}
