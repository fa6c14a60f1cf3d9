/**
 * How well a name fits what a person typed, 0 (not at all) to 1. The scores are those of
 * Prometheus' search API, so that a client may order by them whoever answers.
 */

export type MatchScore = (value: string) => number | undefined;

export interface SearchTerms {
  readonly terms: readonly string[];
  /** 0 to 1; below it a fuzzy match does not count. */
  readonly threshold: number;
  readonly algorithm: 'subsequence' | 'jarowinkler';
  readonly isCaseSensitive: boolean;
}

/** Any term may match, the best score counts. Without terms everything matches. */
export function createMatchScore(search: SearchTerms): MatchScore {
  const fold = (text: string): string => (search.isCaseSensitive ? text : text.toLowerCase());
  const scores = search.terms
    .filter((term) => term !== '')
    .map((term) => termScore(fold(term), search));
  if (scores.length === 0) return () => 1;
  return (value) => {
    const folded = fold(value);
    let best: number | undefined;
    for (const score of scores) best = larger(best, score(folded));
    return best;
  };
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function termScore(term: string, { algorithm, threshold }: SearchTerms): MatchScore {
  const chars = Array.from(term);
  if (algorithm === 'subsequence') {
    return (value) => {
      if (value.startsWith(term)) return 1;
      const score = subsequenceScore(chars, Array.from(value));
      return score > 0 && score >= threshold ? score : undefined;
    };
  }
  return (value) => {
    const position = substringScore(term, value);
    if (position !== undefined || threshold === 0) return position;
    const score = value === term ? 1 : jaroWinklerScore(chars, Array.from(value));
    return score >= threshold ? score : undefined;
  };
}

/** 1 at the beginning, down to 0.1 at the end; undefined where the term does not occur. */
function substringScore(term: string, value: string): number | undefined {
  const at = value.indexOf(term);
  if (at <= 0) return at === 0 ? 1 : undefined;
  const before = Array.from(value.slice(0, at)).length;
  const beforeMax = Array.from(value).length - Array.from(term).length;
  return 1 - (0.9 * before) / beforeMax;
}

/** Keeps what is no exact match below what is one, also when rounded. */
const NOT_EXACT = 0.999;

/**
 * Squares of the lengths of matched runs, less a penalty for the characters between them; the
 * best over all beginnings, each read greedily.
 */
export function subsequenceScore(term: readonly string[], value: readonly string[]): number {
  let best = -1;
  for (let start = 0; start <= value.length - term.length; start++) {
    if (value[start] !== term[0]) continue;
    const score = scoreFrom(term, value, start);
    if (score === undefined) break;
    if (score > best) best = score;
  }
  return best < 0 ? 0 : (best / term.length ** 2) * NOT_EXACT;
}

function scoreFrom(
  term: readonly string[],
  value: readonly string[],
  start: number,
): number | undefined {
  let score = 0;
  let matched = 0;
  let at = start;
  let lastEnd = -1;
  while (at < value.length && matched < term.length) {
    if (value[at] !== term[matched]) {
      at++;
      continue;
    }
    const from = at;
    while (at < value.length && matched < term.length && value[at] === term[matched]) {
      at++;
      matched++;
    }
    score += (at - from) ** 2 - (from - lastEnd - 1) / value.length;
    lastEnd = at - 1;
  }
  if (matched < term.length) return undefined;
  const trailing = value.length - 1 - lastEnd;
  return score - trailing / value.length / 2;
}

const PREFIX_CHARS_MAX = 4;
const PREFIX_WEIGHT = 0.1;

/** Jaro-Winkler similarity: equal characters near each other, equal beginnings count more. */
export function jaroWinklerScore(a: readonly string[], b: readonly string[]): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const reach = Math.max(0, Math.floor(long.length / 2) - 1);
  const taken = new Uint8Array(long.length);
  const matches: string[] = [];
  short.forEach((char, at) => {
    const end = Math.min(at + reach + 1, long.length);
    for (let other = Math.max(0, at - reach); other < end; other++) {
      if (taken[other] === 1 || long[other] !== char) continue;
      taken[other] = 1;
      matches.push(char);
      return;
    }
  });
  if (matches.length === 0) return 0;
  const inOrder = long.filter((_, at) => taken[at] === 1);
  const outOfOrder = inOrder.filter((char, at) => char !== matches[at]).length;
  const count = matches.length;
  const jaro = (count / short.length + count / long.length + (count - outOfOrder / 2) / count) / 3;
  let prefix = 0;
  const prefixMax = Math.min(PREFIX_CHARS_MAX, short.length);
  while (prefix < prefixMax && short[prefix] === long[prefix]) prefix++;
  return jaro + prefix * PREFIX_WEIGHT * (1 - jaro);
}
