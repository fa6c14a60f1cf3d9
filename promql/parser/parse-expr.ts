/**
 * Expressions, by precedence climbing over the grammar of `promql/parser/generated_parser.y` of
 * Prometheus. Chains of operators are read in a loop, so their length costs no call stack.
 */
import { quoteGo } from '../../model/labels.ts';
import type {
  AggregateExpr,
  AggregateOperator,
  BinaryExpr,
  BinaryOperator,
  Expr,
  ParserOptions,
} from '../ast.ts';
import { unquote } from './go-text.ts';
import type { Mutable } from './mutable.ts';
import { parseGrouping } from './parse-grouping.ts';
import { parseBinaryModifiers } from './parse-matching.ts';
import { ModifierParser } from './parse-modifiers.ts';
import { acceptNumber, applySign } from './parse-number.ts';
import { acceptSelector, selectorOf } from './parse-selector.ts';
import { findSignature, takesParameter } from './signatures.ts';
import { AGGREGATE_OPERATORS, EXPRESSION_STARTS, type Token, type TokenType } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const PRECEDENCE: ReadonlyMap<TokenType, number> = new Map<BinaryOperator, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ['==', 3],
  ['!=', 3],
  ['>', 3],
  ['<', 3],
  ['>=', 3],
  ['<=', 3],
  ['</', 3],
  ['>/', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);
const POWER = 6;

/** Words that are functions when a parenthesis follows, and metric names otherwise. */
const CALLABLE: ReadonlySet<TokenType> = new Set<TokenType>([
  'identifier',
  'start',
  'end',
  'step',
  'range',
  'max_of',
  'min_of',
]);

interface Grouping {
  readonly labels: readonly string[];
  readonly without: boolean;
}

export class ExpressionParser {
  readonly #stream: TokenStream;
  readonly #options: ParserOptions;
  readonly #modifiers: ModifierParser;

  constructor(stream: TokenStream, options: ParserOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#modifiers = new ModifierParser(stream, options);
  }

  /** A whole query. */
  parseQuery(): Expr {
    if (this.#stream.peek().type === 'eof') {
      this.#stream.stop({ start: 0, end: 0 }, 'no expression found in input');
    }
    const expr = this.#expression(1);
    if (this.#stream.peek().type !== 'eof') this.#stream.fail();
    return expr;
  }

  #expression(precedenceMin: number): Expr {
    const stream = this.#stream;
    stream.enter();
    let lhs = this.#operand();
    for (;;) {
      const precedence = PRECEDENCE.get(stream.peek().type);
      if (precedence === undefined || precedence < precedenceMin) break;
      const op = stream.next().type as BinaryOperator;
      const modifiers = parseBinaryModifiers(stream);
      const rhs = this.#expression(precedence === POWER ? precedence : precedence + 1);
      const pos = { start: lhs.pos.start, end: rhs.pos.end };
      const binary: BinaryExpr = { kind: 'binary', pos, op, lhs, rhs, ...modifiers };
      this.#checkFill(binary);
      lhs = binary;
    }
    stream.leave();
    return lhs;
  }

  #checkFill(binary: BinaryExpr): void {
    if (this.#options.binopFillModifiers) return;
    const { matching } = binary;
    if (matching?.fillLhs === undefined && matching?.fillRhs === undefined) return;
    this.#stream.add(binary.pos, 'binop fill modifiers are experimental and not enabled');
  }

  #operand(): Expr {
    const { type } = this.#stream.peek();
    return type === '+' || type === '-'
      ? this.#signed(this.#stream.next())
      : this.#modifiers.parse(this.#primary());
  }

  #signed(sign: Token): Expr {
    const expr = this.#expression(POWER);
    if (expr.kind === 'number') {
      applySign(expr, sign);
      return expr;
    }
    const pos = { start: sign.start, end: expr.pos.end };
    return { kind: 'unary', pos, op: sign.type === '-' ? '-' : '+', expr };
  }

  #primary(): Expr {
    const stream = this.#stream;
    const { type } = stream.peek();
    switch (type) {
      case 'number':
      case 'duration':
        return acceptNumber(stream) ?? stream.fail();
      case 'string': {
        const token = stream.next();
        const pos = { start: token.start, end: token.end };
        return { kind: 'string', pos, value: unquote(token.text) };
      }
      case '(':
        return this.#paren();
      default:
    }
    if (AGGREGATE_OPERATORS.has(type) || CALLABLE.has(type)) return this.#word();
    return acceptSelector(stream) ?? stream.fail();
  }

  #paren(): Expr {
    const open = this.#stream.next();
    const expr = this.#expression(1);
    const close = this.#stream.expect(')');
    return { kind: 'paren', pos: { start: open.start, end: close.end }, expr };
  }

  /** A word that may be a function, an aggregation or a metric name. */
  #word(): Expr {
    const stream = this.#stream;
    const word = stream.next();
    const { type } = stream.peek();
    const isAggregate = AGGREGATE_OPERATORS.has(word.type);
    if (isAggregate && (type === '(' || type === 'by' || type === 'without')) {
      return this.#aggregate(word);
    }
    return type === '(' && !isAggregate ? this.#call(word) : selectorOf(word, stream);
  }

  #call(word: Token): Expr {
    const stream = this.#stream;
    const args = this.#arguments();
    const signature = findSignature(word.text);
    if (signature === undefined) {
      stream.add(word, `unknown function with name ${quoteGo(word.text)}`);
    } else if (signature.isExperimental && !this.#options.experimentalFunctions) {
      stream.add(word, `function ${quoteGo(word.text)} is not enabled`);
    }
    const pos = { start: word.start, end: stream.lastClosing };
    return { kind: 'call', pos, func: word.text, args };
  }

  #arguments(): Expr[] {
    const stream = this.#stream;
    stream.expect('(');
    const args: Expr[] = [];
    if (stream.accept(')') !== undefined) return args;
    args.push(this.#expression(1));
    for (;;) {
      const comma = stream.accept(',');
      if (comma === undefined) break;
      if (EXPRESSION_STARTS.has(stream.peek().type)) args.push(this.#expression(1));
      else stream.add(comma, 'trailing commas not allowed in function call args');
    }
    stream.expect(')');
    return args;
  }

  #aggregate(word: Token): Expr {
    const stream = this.#stream;
    const outer = stream.place;
    stream.place = { name: 'aggregation', expected: '', aggregateStart: word.start };
    const before = this.#grouping();
    const args = this.#arguments();
    stream.place = outer;
    const after = before === undefined ? this.#grouping() : undefined;
    const grouping = before ?? after;
    // Without a grouping the token after it has been looked at, which may be a closing one.
    const end = grouping === undefined ? stream.endBeforeLookahead() : stream.lastClosing;
    const expr: Mutable<AggregateExpr> = {
      kind: 'aggregate',
      pos: { start: word.start, end },
      op: word.type as AggregateOperator,
      // Stands until the arguments have been looked at.
      expr: { kind: 'string', pos: { start: word.start, end }, value: '' },
      param: undefined,
      grouping: grouping?.labels ?? [],
      without: grouping?.without ?? false,
    };
    const problem = this.#setArguments(expr, args);
    if (problem !== undefined) stream.add(expr.pos, problem);
    return expr;
  }

  #grouping(): Grouping | undefined {
    const stream = this.#stream;
    const word = stream.accept('by') ?? stream.accept('without');
    if (word === undefined) return undefined;
    return { labels: parseGrouping(stream), without: word.type === 'without' };
  }

  #setArguments(aggregate: Mutable<AggregateExpr>, args: readonly Expr[]): string | undefined {
    const { op } = aggregate;
    const count = takesParameter(op) ? 2 : 1;
    const expr = args[count - 1];
    if (args.length === 0) return 'no arguments for aggregate expression provided';
    const isExperimental = op === 'limitk' || op === 'limit_ratio';
    if (isExperimental && !this.#options.experimentalFunctions) {
      return `${op}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`;
    }
    if (args.length !== count || expr === undefined) {
      return `wrong number of arguments for aggregate expression provided, expected ${count}, got ${args.length}`;
    }
    aggregate.param = count === 2 ? args[0] : undefined;
    aggregate.expr = expr;
    return undefined;
  }
}
