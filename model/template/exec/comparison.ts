/** `eq ne lt le gt ge`: types must agree, as in Go. */
import { compareUtf8 } from '../../labels.ts';
import { sprintf } from '../format/printf.ts';
import { FunctionError } from '../template-error.ts';
import { fromInterface, type GoValue, goString, type Maybe } from '../value/go-values.ts';

type BasicKind = 'bool' | 'int' | 'uint' | 'float' | 'string';

function basicKind(value: Maybe<GoValue>): BasicKind | undefined {
  switch (value?.kind) {
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
    case 'string':
      return value.kind;
    default:
      return undefined;
  }
}

function isNil(value: Maybe<GoValue>): boolean {
  switch (value?.kind) {
    case undefined:
      return true;
    case 'map':
    case 'slice':
      return value.isNil;
    case 'pointer':
    case 'interface':
      return value.target === undefined;
    default:
      return false;
  }
}

/** Whether the first value equals any of the others. @throws FunctionError */
export function isEqualToAny(first: Maybe<GoValue>, others: readonly Maybe<GoValue>[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  const left = fromInterface(first);
  return others.some((other) => isEqual(left, fromInterface(other)));
}

function isEqual(left: Maybe<GoValue>, right: Maybe<GoValue>): boolean {
  const leftKind = basicKind(left);
  if (leftKind === basicKind(right) && leftKind === undefined) return isSameOther(left, right);
  if (left === undefined || right === undefined) return false;
  if (isInteger(left) && isInteger(right)) return left.value === right.value;
  if (leftKind === basicKind(right) && 'value' in left && 'value' in right) {
    return left.value === right.value;
  }
  throw incompatible(left, right);
}

function isInteger(value: GoValue): value is GoValue & { kind: 'int' | 'uint'; value: bigint } {
  return value.kind === 'int' || value.kind === 'uint';
}

function incompatible(left: GoValue, right: GoValue): FunctionError {
  return new FunctionError(
    `incompatible types for comparison: ${left.type.name} and ${right.type.name}`,
  );
}

/** Values that are no numbers, strings or booleans. */
function isSameOther(left: Maybe<GoValue>, right: Maybe<GoValue>): boolean {
  if (left !== undefined && right !== undefined && left.kind !== right.kind) {
    const types = `${shown(left, '%s')}: ${left.type.name}, ${right.type.name}`;
    throw new FunctionError(`non-comparable types ${types}: ${shown(right, '%v')}`);
  }
  if (isNil(left) || isNil(right)) return isNil(left) === isNil(right);
  if (left === undefined || right === undefined) return false;
  if (right.kind === 'slice' || right.kind === 'map' || right.kind === 'func') {
    throw new FunctionError(`non-comparable type ${shown(right, '%s')}: ${right.type.name}`);
  }
  return isIdentical(left, right);
}

function shown(value: GoValue, format: string): string {
  return sprintf(format, [value.kind === 'func' ? goString(value.type.name) : value]);
}

function isIdentical(left: GoValue, right: GoValue): boolean {
  if (left.type.name !== right.type.name) return false;
  if (left.kind === 'pointer' && right.kind === 'pointer') return left.target === right.target;
  if (left.kind !== 'struct' || right.kind !== 'struct') return false;
  if (left.native !== undefined || right.native !== undefined) {
    return left === right || left.native === right.native;
  }
  return left.fields.every((field, index) => {
    const other = right.fields[index];
    if (field === undefined || other === undefined) return field === other;
    return isEqualToAny(field, [other]);
  });
}

/** @throws FunctionError */
export function isLess(first: Maybe<GoValue>, second: Maybe<GoValue>): boolean {
  const left = fromInterface(first);
  const right = fromInterface(second);
  if (basicKind(left) === undefined || basicKind(right) === undefined) throw badType();
  if (left === undefined || right === undefined) throw badType();
  if (isInteger(left) && isInteger(right)) return left.value < right.value;
  if (left.kind === 'float' && right.kind === 'float') return left.value < right.value;
  if (left.kind === 'string' && right.kind === 'string') {
    return compareUtf8(left.value, right.value) < 0;
  }
  if (left.kind === right.kind) throw badType();
  throw incompatible(left, right);
}

function badType(): FunctionError {
  return new FunctionError('invalid type for comparison');
}

/** Go's `<=`: less or equal, so that NaN is neither. @throws FunctionError */
export function isLessOrEqual(first: Maybe<GoValue>, second: Maybe<GoValue>): boolean {
  return isLess(first, second) || isEqualToAny(first, [second]);
}
