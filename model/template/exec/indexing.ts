/** `index`, `slice` and `len`. */
import { byteLength, fromGoBytes, toGoBytes } from '../../go-bytes.ts';
import { FunctionError } from '../template-error.ts';
import { UINT8 } from '../value/go-types.ts';
import {
  fromInterface,
  type GoValue,
  goString,
  indirect,
  inSlot,
  type Maybe,
  zeroOf,
} from '../value/go-values.ts';

/** `index x 1 "a"` is Go's `x[1]["a"]`. @throws FunctionError */
export function indexInto(
  collection: Maybe<GoValue>,
  indexes: readonly Maybe<GoValue>[],
): Maybe<GoValue> {
  let item = fromInterface(collection);
  if (item === undefined) throw new FunctionError('index of untyped nil');
  for (const index of indexes) item = indexOnce(item, fromInterface(index));
  return item;
}

function indexOnce(collection: Maybe<GoValue>, index: Maybe<GoValue>): Maybe<GoValue> {
  const { value: item, isNil } = indirect(collection);
  if (isNil || item === undefined) throw new FunctionError('index of nil pointer');
  switch (item.kind) {
    case 'string': {
      const bytes = toGoBytes(item.value);
      const byte = bytes[positionIn(index, bytes.length)];
      if (byte === undefined) throw new FunctionError('reflect: string index out of range');
      return { kind: 'uint', type: UINT8, value: BigInt(byte) };
    }
    case 'slice': {
      const at = positionIn(index, item.items.length);
      if (at >= item.items.length) throw new FunctionError('reflect: slice index out of range');
      return item.type.element === undefined
        ? item.items[at]
        : inSlot(item.type.element, item.items[at]);
    }
    case 'map':
      return lookUp(item, index);
    default:
      throw new FunctionError(`can't index item of type ${item.type.name}`);
  }
}

function lookUp(map: GoValue & { kind: 'map' }, index: Maybe<GoValue>): Maybe<GoValue> {
  if (index === undefined) throw new FunctionError('value is nil; should be of type string');
  if (index.kind !== 'string' || index.type.name !== 'string') {
    throw new FunctionError(`value has type ${index.type.name}; should be string`);
  }
  const { element } = map.type;
  if (element === undefined) return map.entries.get(index.value);
  if (!map.entries.has(index.value)) return zeroOf(element);
  return inSlot(element, map.entries.get(index.value));
}

/** An index from 0 to `max`, which Go accepts here and may refuse later. */
function positionIn(index: Maybe<GoValue>, max: number): number {
  if (index === undefined) throw new FunctionError('cannot index slice/array with nil');
  if (index.kind !== 'int' && index.kind !== 'uint') {
    throw new FunctionError(`cannot index slice/array with type ${index.type.name}`);
  }
  if (index.value < 0n || index.value > BigInt(max)) {
    throw new FunctionError(`index out of range: ${BigInt.asIntN(64, index.value)}`);
  }
  return Number(index.value);
}

/** `slice x 1 2` is Go's `x[1:2]`; a string is cut between bytes. @throws FunctionError */
export function sliceOfValue(
  collection: Maybe<GoValue>,
  indexes: readonly Maybe<GoValue>[],
): Maybe<GoValue> {
  const whole = fromInterface(collection);
  if (whole === undefined) throw new FunctionError('slice of untyped nil');
  const { value: item, isNil } = indirect(whole);
  if (isNil || item === undefined) throw new FunctionError('slice of nil pointer');
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  if (item.kind === 'string') {
    if (indexes.length === 3) throw new FunctionError('cannot 3-index slice a string');
    const bytes = toGoBytes(item.value);
    const [from, to] = bounds(indexes, bytes.length);
    const text = fromGoBytes(bytes.subarray(from, to));
    return { ...goString(text), type: item.type };
  }
  if (item.kind !== 'slice') {
    throw new FunctionError(`can't slice item of type ${item.type.name}`);
  }
  const [from, to] = bounds(indexes, item.items.length);
  return { ...item, items: item.items.slice(from, to) };
}

function bounds(indexes: readonly Maybe<GoValue>[], length: number): [number, number] {
  // Unlike `index`, it does not look into interfaces.
  const positions = indexes.map((index) => positionIn(index, length));
  const [from = 0, to = length, capacity = length] = positions;
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw new FunctionError(`invalid slice index: ${to} > ${capacity}`);
  return [from, to];
}

/** Bytes of a string, elements of a list, keys of a map. @throws FunctionError */
export function lengthOf(collection: Maybe<GoValue>): number {
  const { value: item, isNil } = indirect(collection);
  if (isNil) throw new FunctionError('len of nil pointer');
  // What Go's reflect says when it is asked for the type of nothing.
  if (item === undefined) {
    throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  }
  switch (item.kind) {
    case 'string':
      return byteLength(item.value);
    case 'slice':
      return item.items.length;
    case 'map':
      return item.entries.size;
    default:
      throw new FunctionError(`len of type ${item.type.name}`);
  }
}
