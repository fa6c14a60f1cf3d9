/** The expression over conditions: `c1 && (c2 || !c3)`, as alternatives of what must hold. */

/** All positive ones must be true, no negative one; ids in the order of the text. */
export interface ConditionClause {
  /** At least one: an alarm is about an object that something is known of. */
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

/** One of them is enough. */
export type ConditionClauses = readonly ConditionClause[];

const CLAUSES_MAX = 64;
const DEPTH_MAX = 32;
const TOKEN = /\s*(&&|\|\||[!()]|[A-Za-z_][A-Za-z0-9_]*)/y;

/** An expression that cannot be used. */
export class LogicError extends Error {
  override readonly name = 'LogicError';
}

interface Literal {
  readonly id: string;
  readonly isNegated: boolean;
}

/** A conjunction of literals. */
type Term = readonly Literal[];

/** @throws LogicError */
export function parseLogic(text: string, ids: readonly string[]): ConditionClauses {
  const reader = new LogicReader(text, new Set(ids));
  const terms = reader.read();
  return terms.map((term) => {
    const names = (isNegated: boolean): readonly string[] => [
      ...new Set(term.filter((one) => one.isNegated === isNegated).map(({ id }) => id)),
    ];
    const clause = { positive: names(false), negative: names(true) };
    if (clause.positive.length === 0) {
      throw new LogicError(
        `!${clause.negative.join(' && !')} needs a condition beside it that holds`,
      );
    }
    return clause;
  });
}

class LogicReader {
  readonly #tokens: readonly string[];
  readonly #ids: ReadonlySet<string>;
  #at = 0;
  #depth = 0;

  constructor(text: string, ids: ReadonlySet<string>) {
    this.#tokens = tokenize(text);
    this.#ids = ids;
  }

  read(): readonly Term[] {
    if (this.#tokens.length === 0) throw new LogicError('is empty');
    const terms = this.#or(false);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new LogicError(`found ${rest} where && or || is expected`);
    return terms;
  }

  /** @param isNegated the whole is under an odd number of `!` */
  #or(isNegated: boolean): readonly Term[] {
    let terms = this.#and(isNegated);
    while (this.#take('||')) {
      const right = this.#and(isNegated);
      terms = isNegated ? both(terms, right) : either(terms, right);
    }
    return terms;
  }

  #and(isNegated: boolean): readonly Term[] {
    let terms = this.#unary(isNegated);
    while (this.#take('&&')) {
      const right = this.#unary(isNegated);
      terms = isNegated ? either(terms, right) : both(terms, right);
    }
    return terms;
  }

  #unary(isNegated: boolean): readonly Term[] {
    this.#depth++;
    if (this.#depth > DEPTH_MAX) throw new LogicError('is nested too deeply');
    try {
      if (this.#take('!')) return this.#unary(!isNegated);
      if (this.#take('(')) {
        const terms = this.#or(isNegated);
        if (!this.#take(')')) throw new LogicError('misses a )');
        return terms;
      }
      const id = this.#tokens[this.#at++];
      if (id === undefined) throw new LogicError('ends where a condition is expected');
      if (!this.#ids.has(id)) {
        throw new LogicError(`${id} is no condition; there are ${[...this.#ids].join(', ')}`);
      }
      return [[{ id, isNegated }]];
    } finally {
      this.#depth--;
    }
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}

function either(a: readonly Term[], b: readonly Term[]): readonly Term[] {
  return limited([...a, ...b]);
}

function both(a: readonly Term[], b: readonly Term[]): readonly Term[] {
  return limited(a.flatMap((left) => b.map((right) => [...left, ...right])));
}

function limited(terms: readonly Term[]): readonly Term[] {
  if (terms.length > CLAUSES_MAX) throw new LogicError('has too many alternatives');
  return terms;
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new LogicError(`cannot be read at ${text.slice(at).trim()}`);
    tokens.push(token);
  }
  return tokens;
}
