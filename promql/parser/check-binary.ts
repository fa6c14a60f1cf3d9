/** Whether the two sides of a binary operation fit. */
import { quoteGo } from '../../model/labels.ts';
import type { BinaryExpr, ValueType, VectorMatching } from '../ast.ts';
import type { Mutable } from './mutable.ts';
import type { TokenStream } from './token-stream.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/**
 * @param left type of the left side, already checked; `right` likewise
 * @returns the type of the operation
 */
export function checkBinary(
  binary: Mutable<BinaryExpr>,
  left: ValueType,
  right: ValueType,
  stream: TokenStream,
): ValueType {
  const { op, lhs, rhs, pos } = binary;
  const matching: Mutable<VectorMatching> | undefined = binary.matching;
  const isSet = SET_OPERATORS.has(op);
  const areScalars = left === 'scalar' && right === 'scalar';
  checkComparison(binary, areScalars, stream);
  if (matching !== undefined) {
    if (isSet && matching.card === 'one-to-one') matching.card = 'many-to-many';
    checkLabels(binary, matching, stream);
  }
  for (const [side, type] of [
    [lhs, left],
    [rhs, right],
  ] as const) {
    if (type === 'scalar' || type === 'vector') continue;
    stream.add(side.pos, 'binary expression must contain only scalar and instant vector types');
  }
  if (matching !== undefined) {
    if (left !== 'vector' || right !== 'vector') {
      checkNoMatching(binary, matching, stream);
      binary.matching = undefined;
    } else if (isSet) {
      checkSetMatching(binary, matching, stream);
    }
  }
  if (isSet && (left === 'scalar' || right === 'scalar')) {
    const operator = quoteGo(op);
    stream.add(pos, `set operator ${operator} not allowed in binary scalar expression`);
  }
  return areScalars ? 'scalar' : 'vector';
}

function checkComparison(binary: BinaryExpr, areScalars: boolean, stream: TokenStream): void {
  const isComparison = COMPARISONS.has(binary.op);
  const place = (): ReturnType<TokenStream['gapBetween']> =>
    stream.gapBetween(binary.lhs.pos, binary.rhs.pos);
  if (binary.returnBool && !isComparison) {
    stream.add(place(), 'bool modifier can only be used on comparison operators');
  }
  if (isComparison && !binary.returnBool && areScalars) {
    stream.add(place(), 'comparisons between scalars must use BOOL modifier');
  }
}

function checkLabels(binary: BinaryExpr, matching: VectorMatching, stream: TokenStream): void {
  if (!matching.on) return;
  for (const label of matching.matchingLabels) {
    for (const included of matching.include) {
      if (label !== included) continue;
      const place = stream.gapBetween(binary.lhs.pos, binary.rhs.pos);
      const name = quoteGo(label);
      stream.add(place, `label ${name} must not occur in ON and GROUP clause at once`);
    }
  }
}

function hasFill(matching: VectorMatching): boolean {
  return matching.fillLhs !== undefined || matching.fillRhs !== undefined;
}

function checkNoMatching(binary: BinaryExpr, matching: VectorMatching, stream: TokenStream): void {
  if (matching.matchingLabels.length > 0) {
    stream.add(binary.pos, 'vector matching only allowed between instant vectors');
  }
  if (hasFill(matching)) {
    stream.add(binary.pos, 'filling in missing series only allowed between instant vectors');
  }
}

function checkSetMatching(binary: BinaryExpr, matching: VectorMatching, stream: TokenStream): void {
  if (matching.card === 'one-to-many' || matching.card === 'many-to-one') {
    stream.add(binary.pos, `no grouping allowed for ${quoteGo(binary.op)} operation`);
  }
  if (matching.card !== 'many-to-many') {
    stream.add(binary.pos, 'set operations must always be many-to-many');
  }
  if (hasFill(matching)) {
    stream.add(binary.pos, 'filling in missing series not allowed for set operators');
  }
}
