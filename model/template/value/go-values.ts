/** Template values: Go's `reflect.Value`, as far as templates reach. */
import {
  ANY_MAP,
  ANYS,
  BOOL,
  FLOAT64,
  type GoFunction,
  type GoType,
  INT,
  INT64,
  pointerTo,
  STRING,
  STRING_MAP,
  STRINGS,
} from './go-types.ts';

/** A value, or undefined for Go's invalid value (no value at all, untyped nil). */
export type Maybe<T> = T | undefined;

export interface BoolValue {
  readonly kind: 'bool';
  readonly type: GoType;
  readonly value: boolean;
}

export interface IntValue {
  readonly kind: 'int' | 'uint';
  readonly type: GoType;
  readonly value: bigint;
}

export interface FloatValue {
  readonly kind: 'float';
  readonly type: GoType;
  readonly value: number;
}

/** Bytes that are no UTF-8 stand in the text as lone surrogates, U+DC00 plus the byte. */
export interface StringValue {
  readonly kind: 'string';
  readonly type: GoType;
  readonly value: string;
}

export interface SliceValue {
  readonly kind: 'slice';
  readonly type: GoType;
  /** Of an element type `interface {}`, undefined is a nil. Functions may reorder it, as in Go. */
  readonly items: Maybe<GoValue>[];
  readonly isNil: boolean;
}

export interface MapValue {
  readonly kind: 'map';
  readonly type: GoType;
  readonly entries: ReadonlyMap<string, Maybe<GoValue>>;
  readonly isNil: boolean;
}

export interface StructValue {
  readonly kind: 'struct';
  readonly type: GoType;
  /** In the order of the type's fields. */
  readonly fields: readonly Maybe<GoValue>[];
  /** What methods work on, when it is not fields: a time, a histogram. */
  readonly native?: object;
}

export interface PointerValue {
  readonly kind: 'pointer';
  readonly type: GoType;
  readonly target: Maybe<GoValue>;
}

/** A value as a field or element of type `interface {}` holds it. */
export interface InterfaceValue {
  readonly kind: 'interface';
  readonly type: GoType;
  readonly target: Maybe<GoValue>;
}

export interface FuncValue {
  readonly kind: 'func';
  readonly type: GoType;
  readonly fn: GoFunction;
}

export type GoValue =
  | BoolValue
  | IntValue
  | FloatValue
  | StringValue
  | SliceValue
  | MapValue
  | StructValue
  | PointerValue
  | InterfaceValue
  | FuncValue;

export function goBool(value: boolean): BoolValue {
  return { kind: 'bool', type: BOOL, value };
}

export function goInt(value: number | bigint): IntValue {
  return { kind: 'int', type: INT, value: BigInt(value) };
}

export function goInt64(value: bigint): IntValue {
  return { kind: 'int', type: INT64, value: BigInt.asIntN(64, value) };
}

export function goFloat(value: number): FloatValue {
  return { kind: 'float', type: FLOAT64, value };
}

export function goString(value: string): StringValue {
  return { kind: 'string', type: STRING, value };
}

/** `[]string` */
export function goStrings(values: readonly string[], type: GoType = STRINGS): SliceValue {
  return { kind: 'slice', type, items: values.map(goString), isNil: false };
}

/** @param items kept */
export function goSlice(type: GoType, items: Maybe<GoValue>[]): SliceValue {
  return { kind: 'slice', type, items, isNil: false };
}

/** `[]interface {}` */
export function goList(items: Maybe<GoValue>[]): SliceValue {
  return goSlice(ANYS, items);
}

/** `map[string]string` */
export function goStringMap(
  entries: Iterable<readonly [string, string]>,
  type: GoType = STRING_MAP,
): MapValue {
  const values = new Map<string, GoValue>();
  for (const [key, value] of entries) values.set(key, goString(value));
  return { kind: 'map', type, entries: values, isNil: false };
}

/** `map[string]interface {}` */
export function goMap(entries: Iterable<readonly [string, Maybe<GoValue>]>): MapValue {
  return { kind: 'map', type: ANY_MAP, entries: new Map(entries), isNil: false };
}

export function goPointer(target: GoValue): PointerValue {
  return { kind: 'pointer', type: pointerTo(target.type), target };
}

/** What lies in a field, element or variable of type `type`: wrapped when that is an interface. */
export function inSlot(type: GoType, value: Maybe<GoValue>): Maybe<GoValue> {
  return type.kind === 'interface' ? { kind: 'interface', type, target: value } : value;
}

/** The zero value of a type; undefined for `nil` where a value cannot carry its type. */
export function zeroOf(type: GoType): Maybe<GoValue> {
  switch (type.kind) {
    case 'bool':
      return { kind: 'bool', type, value: false };
    case 'int':
    case 'uint':
      return { kind: type.kind, type, value: 0n };
    case 'float':
      return { kind: 'float', type, value: 0 };
    case 'string':
      return { kind: 'string', type, value: '' };
    case 'slice':
      return { kind: 'slice', type, items: [], isNil: true };
    case 'map':
      return { kind: 'map', type, entries: new Map(), isNil: true };
    case 'pointer':
      return { kind: 'pointer', type, target: undefined };
    case 'interface':
      return { kind: 'interface', type, target: undefined };
    case 'struct':
      return type.zeroStruct?.() ?? zeroStruct(type);
    case 'func':
      return undefined;
  }
}

function zeroStruct(type: GoType): StructValue {
  const fields = (type.fields ?? []).map((field) => zeroOf(field.type));
  return { kind: 'struct', type, fields };
}

/** Through pointers and interfaces to what they hold; `isNil` when there is nothing. */
export function indirect(value: Maybe<GoValue>): { value: Maybe<GoValue>; isNil: boolean } {
  let at = value;
  while (at !== undefined && (at.kind === 'pointer' || at.kind === 'interface')) {
    if (at.target === undefined) return { value: at, isNil: true };
    at = at.target;
  }
  return { value: at, isNil: false };
}

/** What an interface holds; another value itself. */
export function fromInterface(value: Maybe<GoValue>): Maybe<GoValue> {
  return value?.kind === 'interface' ? value.target : value;
}

/** Go templates' truth: not the zero of its type, not empty; a struct always. */
export function isTrue(value: Maybe<GoValue>): boolean {
  const inner = fromInterface(value);
  if (inner === undefined) return false;
  switch (inner.kind) {
    case 'bool':
      return inner.value;
    case 'int':
    case 'uint':
      return inner.value !== 0n;
    case 'float':
      return inner.value !== 0;
    case 'string':
      return inner.value !== '';
    case 'slice':
      return inner.items.length > 0;
    case 'map':
      return inner.entries.size > 0;
    case 'pointer':
    case 'interface':
      return inner.target !== undefined;
    case 'struct':
    case 'func':
      return true;
  }
}

/** A struct's field by name; undefined when there is none that templates may see. */
export function fieldIndex(type: GoType, name: string): number {
  return (type.fields ?? []).findIndex((field) => field.name === name);
}
