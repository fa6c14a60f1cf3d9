/** What a name after a dot stands for: a method, a field or a key. */
import { quoteGo } from '../../labels.ts';
import type { GoMethod } from '../value/go-types.ts';
import {
  fieldIndex,
  type GoValue,
  indirect,
  inSlot,
  type MapValue,
  type Maybe,
  type StructValue,
  zeroOf,
} from '../value/go-values.ts';

/** Go's option `missingkey`: what a key that is not in the map gives. */
export type MissingKey = 'default' | 'zero' | 'error';

export type Member =
  | { readonly kind: 'value'; readonly value: Maybe<GoValue> }
  | { readonly kind: 'method'; readonly method: GoMethod; readonly receiver: GoValue }
  | { readonly kind: 'error'; readonly message: string };

function found(value: Maybe<GoValue>): Member {
  return { kind: 'value', value };
}

function failed(message: string): Member {
  return { kind: 'error', message };
}

/** @param hasArguments whether something is to be passed, which only a method takes */
export function findMember(
  holder: Maybe<GoValue>,
  name: string,
  missingKey: MissingKey,
  hasArguments: boolean,
): Member {
  if (holder === undefined) {
    if (missingKey !== 'error') return found(undefined);
    return failed(`nil data; no entry for key ${quoteGo(name)}`);
  }
  const { value: receiver, isNil } = indirect(holder);
  const type = holder.type.name;
  if (receiver === undefined || (isNil && receiver.kind === 'interface')) {
    return failed(`nil pointer evaluating ${type}.${name}`);
  }
  const method = receiver.type.methods?.get(name);
  if (method !== undefined) return { kind: 'method', method, receiver };
  const unknown = failed(`can't evaluate field ${name} in type ${type}`);
  switch (receiver.kind) {
    case 'struct':
      return structField(receiver, name, type, hasArguments) ?? unknown;
    case 'map':
      if (hasArguments) return failed(`${name} is not a method but has arguments`);
      return mapKey(receiver, name, missingKey);
    case 'pointer': {
      const target = receiver.type.element;
      const lacksField = target?.kind === 'struct' && fieldIndex(target, name) < 0;
      return isNil && !lacksField ? failed(`nil pointer evaluating ${type}.${name}`) : unknown;
    }
    default:
      return unknown;
  }
}

function structField(
  receiver: StructValue,
  name: string,
  type: string,
  hasArguments: boolean,
): Member | undefined {
  const index = fieldIndex(receiver.type, name);
  const field = receiver.type.fields?.[index];
  if (field === undefined) return undefined;
  if (field.isHidden === true) {
    return failed(`${name} is an unexported field of struct type ${type}`);
  }
  if (hasArguments) {
    return failed(`${name} has arguments but cannot be invoked as function`);
  }
  return found(inSlot(field.type, receiver.fields[index]));
}

function mapKey(receiver: MapValue, name: string, missingKey: MissingKey): Member {
  const { element } = receiver.type;
  if (receiver.entries.has(name)) {
    const value = receiver.entries.get(name);
    return found(element === undefined ? value : inSlot(element, value));
  }
  if (missingKey === 'error') return failed(`map has no entry for key ${quoteGo(name)}`);
  return found(missingKey === 'zero' && element !== undefined ? zeroOf(element) : undefined);
}
