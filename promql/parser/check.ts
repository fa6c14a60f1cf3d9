/** Whether the parts of an expression fit together. Prometheus' `checkAST`, texts included. */
import { METRIC_NAME, quoteGo } from '../../model/labels.ts';
import type {
  AggregateExpr,
  BinaryExpr,
  Call,
  Expr,
  PositionRange,
  ValueType,
  VectorSelector,
} from '../ast.ts';
import { checkBinary } from './check-binary.ts';
import { findSignature } from './signatures.ts';
import type { TokenStream } from './token-stream.ts';
import { documentedType, typeOf } from './value-type.ts';

/**
 * Notes every mistake in `stream`, and settles what only the types decide: which binary
 * operations match vectors, and how.
 */
export function checkExpr(expr: Expr, stream: TokenStream): ValueType {
  switch (expr.kind) {
    case 'binary':
      return checkChain(expr, stream);
    case 'aggregate':
      checkAggregate(expr, stream);
      break;
    case 'call':
      checkCall(expr, stream);
      break;
    case 'paren':
      return checkExpr(expr.expr, stream);
    case 'unary': {
      const type = checkExpr(expr.expr, stream);
      if (type !== 'scalar' && type !== 'vector') {
        const got = quoteGo(documentedType(type));
        const rule =
          'unary expression only allowed on expressions of type scalar or instant vector';
        stream.add(expr.pos, `${rule}, got ${got}`);
      }
      return type;
    }
    case 'subquery': {
      const type = checkExpr(expr.expr, stream);
      if (type !== 'vector') {
        stream.add(expr.pos, `subquery is only allowed on instant vector, got ${type} instead`);
      }
      break;
    }
    case 'matrix-selector':
      checkSelector(expr.selector, stream, false);
      break;
    case 'vector-selector':
      checkSelector(expr, stream, false);
      break;
    case 'number':
    case 'string':
      break;
  }
  return typeOf(expr);
}

/** Checks the left side in a loop: it may be a chain of thousands of operators. */
function checkChain(expr: BinaryExpr, stream: TokenStream): ValueType {
  const chain: BinaryExpr[] = [expr];
  let left = expr.lhs;
  for (; left.kind === 'binary'; left = left.lhs) chain.push(left);
  let type = checkExpr(left, stream);
  for (const binary of chain.reverse()) {
    type = checkBinary(binary, type, checkExpr(binary.rhs, stream), stream);
  }
  return type;
}

function expectType(expr: Expr, want: ValueType, context: string, stream: TokenStream): void {
  noteType(expr.pos, checkExpr(expr, stream), want, context, stream);
}

function noteType(
  pos: PositionRange,
  type: ValueType,
  want: ValueType,
  context: string,
  stream: TokenStream,
): void {
  if (type === want) return;
  const got = documentedType(type);
  stream.add(pos, `expected type ${documentedType(want)} in ${context}, got ${got}`);
}

function checkAggregate(aggregate: AggregateExpr, stream: TokenStream): void {
  expectType(aggregate.expr, 'vector', 'aggregation expression', stream);
  if (aggregate.param === undefined) return;
  const want = aggregate.op === 'count_values' ? 'string' : 'scalar';
  expectType(aggregate.param, want, 'aggregation parameter', stream);
}

function checkCall(call: Call, stream: TokenStream): void {
  const signature = findSignature(call.func);
  if (signature === undefined) return;
  const { argTypes, variadic } = signature;
  const count = call.args.length;
  const countMin = variadic === 0 ? argTypes.length : argTypes.length - 1;
  const countMax = variadic < 0 ? Infinity : countMin + variadic;
  if (count < countMin || count > countMax) {
    const bound = variadic === 0 ? '' : count < countMin ? 'at least ' : 'at most ';
    const wanted = `${bound}${count < countMin ? countMin : countMax}`;
    const name = quoteGo(call.func);
    stream.add(call.pos, `expected ${wanted} argument(s) in call to ${name}, got ${count}`);
  }
  const labelSelector = call.func === 'info' ? call.args[1] : undefined;
  if (labelSelector !== undefined) checkLabelSelector(call, labelSelector, stream);
  call.args.forEach((arg, index) => {
    const want = argTypes[index] ?? (variadic === 0 ? undefined : argTypes.at(-1));
    if (want === undefined) return;
    const isLabels = arg === labelSelector && arg.kind === 'vector-selector';
    if (isLabels) checkSelector(arg, stream, true);
    const type = isLabels ? 'vector' : checkExpr(arg, stream);
    noteType(arg.pos, type, want, `call to function ${quoteGo(call.func)}`, stream);
  });
}

/** The second argument of `info` looks like a selector but selects labels. */
function checkLabelSelector(call: Call, arg: Expr, stream: TokenStream): void {
  noteType(call.pos, typeOf(arg), 'vector', `call to function ${quoteGo(call.func)}`, stream);
  if (arg.kind !== 'vector-selector') {
    stream.add(arg.pos, 'expected label selectors only');
  } else if (arg.name !== '') {
    stream.add(arg.pos, 'expected label selectors only, got vector selector instead');
  }
}

function checkSelector(selector: VectorSelector, stream: TokenStream, mayBeEmpty: boolean): void {
  const { name, matchers, pos } = selector;
  if (name !== '') {
    for (const matcher of matchers.slice(0, -1)) {
      if (matcher.name !== METRIC_NAME) continue;
      const names = `${quoteGo(name)} or ${quoteGo(matcher.value)}`;
      stream.add(pos, `metric name must not be set twice: ${names}`);
    }
    return;
  }
  // Against typing errors that would select everything.
  if (!mayBeEmpty && matchers.every((matcher) => matcher.matchesEmpty)) {
    stream.add(pos, 'vector selector must contain at least one non-empty matcher');
  }
}
