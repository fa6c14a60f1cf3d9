/** Types of template values: as much of Go's `reflect.Type` as templates can tell apart. */
import type { GoValue, StructValue } from './go-values.ts';

export type GoKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'pointer'
  | 'interface'
  | 'func';

/** What html/template takes a string for; see `html/content.ts`. */
export type SafeContent = 'css' | 'html' | 'htmlAttr' | 'js' | 'jsStr' | 'url' | 'srcset';

export interface GoField {
  readonly name: string;
  readonly type: GoType;
  /** Fields in lower case: printed, never reached by name. */
  readonly isHidden?: boolean;
  /** Name in JSON; the field's own name when absent. */
  readonly json?: string;
}

/** A function or method. Parameters are what arguments are checked against. */
export interface GoFunction {
  readonly params: readonly GoType[];
  /** The last parameter takes any number of arguments of its type. */
  readonly isVariadic?: boolean;
  /**
   * @param args as many as there are parameters (more or none for the variadic one), each
   *   assignable to its parameter; undefined only where the parameter is an interface
   * @throws FunctionError for what a Go function returns as its error
   */
  call(args: readonly (GoValue | undefined)[]): GoValue | undefined;
}

/** A method: the receiver is the first argument, `params` are those after it. */
export interface GoMethod {
  readonly params: readonly GoType[];
  readonly isVariadic?: boolean;
  call(receiver: GoValue, args: readonly (GoValue | undefined)[]): GoValue | undefined;
}

export interface GoType {
  readonly kind: GoKind;
  /** `reflect.Type.String()`: `map[string]string`, `template.KV`, `*time.Time`. Is its identity. */
  readonly name: string;
  /** Has a name of its own, so that assigning between two such types is refused. */
  readonly isNamed: boolean;
  /** Of a named type, what it is made of; `name` of the unnamed form. */
  readonly underlying: string;
  /** Of slices, maps (value), pointers. Map keys are always strings. */
  readonly element?: GoType;
  readonly fields?: readonly GoField[];
  readonly methods?: ReadonlyMap<string, GoMethod>;
  /** `String()` or `Error()`, what printing uses. */
  readonly toText?: (value: GoValue) => string;
  /** `MarshalJSON()`. */
  readonly toJson?: (value: GoValue) => string;
  readonly safeContent?: SafeContent;
  /** The zero value of a struct; others have one by kind. */
  readonly zeroStruct?: () => StructValue;
}

function basic(kind: GoKind, name: string): GoType {
  return { kind, name, isNamed: true, underlying: name };
}

export const BOOL = basic('bool', 'bool');
export const INT = basic('int', 'int');
export const INT64 = basic('int', 'int64');
export const UINT8 = basic('uint', 'uint8');
export const FLOAT64 = basic('float', 'float64');
export const STRING = basic('string', 'string');

function unnamed(kind: GoKind, name: string, element?: GoType): GoType {
  const type = { kind, name, isNamed: false, underlying: name };
  return element === undefined ? type : { ...type, element };
}

/** `interface {}`, what everything can be assigned to. */
export const ANY = unnamed('interface', 'interface {}');
/** `reflect.Value`, the parameter of built-in functions that look at the value itself. */
export const REFLECT_VALUE = basic('struct', 'reflect.Value');

export function sliceOf(element: GoType): GoType {
  return unnamed('slice', `[]${element.name}`, element);
}

export function mapOf(element: GoType): GoType {
  return unnamed('map', `map[string]${element.name}`, element);
}

export function pointerTo(element: GoType): GoType {
  return unnamed('pointer', `*${element.name}`, element);
}

export const STRINGS = sliceOf(STRING);
export const ANYS = sliceOf(ANY);
export const STRING_MAP = mapOf(STRING);
export const ANY_MAP = mapOf(ANY);

export function isSameType(a: GoType, b: GoType): boolean {
  return a === b || a.name === b.name;
}

/** Go's assignability: the same type, an empty interface, or equal make where one has no name. */
export function isAssignable(from: GoType, to: GoType): boolean {
  if (isSameType(from, to) || to.name === ANY.name) return true;
  return (!from.isNamed || !to.isNamed) && from.underlying === to.underlying;
}

/** Whether `nil` is a value of the type. */
export function canBeNil(type: GoType): boolean {
  switch (type.kind) {
    case 'func':
    case 'interface':
    case 'map':
    case 'pointer':
    case 'slice':
      return true;
    case 'struct':
      return type.name === REFLECT_VALUE.name;
    default:
      return false;
  }
}
