/** What may stand between a binary operator and its right side. */
import type { NumberLiteral, VectorMatching } from '../ast.ts';
import type { Mutable } from './mutable.ts';
import { parseGrouping } from './parse-grouping.ts';
import { parseSignedNumber } from './parse-number.ts';
import { EXPRESSION_STARTS } from './token.ts';
import type { TokenStream } from './token-stream.ts';

export interface BinaryModifiers {
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

/** `bool`, `on (…)`, `ignoring (…)`, `group_left (…)`, `fill (…)` and their like. */
export function parseBinaryModifiers(stream: TokenStream): BinaryModifiers {
  const returnBool = stream.accept('bool') !== undefined;
  const matching: Mutable<VectorMatching> = {
    card: 'one-to-one',
    matchingLabels: [],
    on: false,
    include: [],
    fillLhs: undefined,
    fillRhs: undefined,
  };
  const word = stream.accept('on') ?? stream.accept('ignoring');
  if (word !== undefined) {
    matching.on = word.type === 'on';
    matching.matchingLabels = parseGrouping(stream);
    parseGroup(stream, matching);
  }
  parseFill(stream, matching);
  return { returnBool, matching };
}

function parseGroup(stream: TokenStream, matching: Mutable<VectorMatching>): void {
  const side = stream.accept('group_left') ?? stream.accept('group_right');
  if (side === undefined) return;
  matching.card = side.type === 'group_left' ? 'many-to-one' : 'one-to-many';
  const { type } = stream.peek();
  // A parenthesis is always that of the labels; without labels the right side must follow.
  if (type === '(' || !EXPRESSION_STARTS.has(type)) matching.include = parseGrouping(stream);
}

function parseFill(stream: TokenStream, matching: Mutable<VectorMatching>): void {
  if (stream.accept('fill') !== undefined) {
    matching.fillLhs = parseFillValue(stream).value;
    matching.fillRhs = matching.fillLhs;
    return;
  }
  const isLeftFirst = stream.peek().type === 'fill_left';
  for (const word of isLeftFirst ? LEFT_FIRST : RIGHT_FIRST) {
    if (stream.accept(word) === undefined) return;
    const { value } = parseFillValue(stream);
    if (word === 'fill_left') matching.fillLhs = value;
    else matching.fillRhs = value;
  }
}

const LEFT_FIRST = ['fill_left', 'fill_right'] as const;
const RIGHT_FIRST = ['fill_right', 'fill_left'] as const;

function parseFillValue(stream: TokenStream): NumberLiteral {
  stream.expect('(');
  const value = parseSignedNumber(stream);
  stream.expect(')');
  return value;
}
