/** A piece of Prometheus' configuration as a document: what YAML would hold. */

/** Fields without a value are left out when it is printed. */
export type Document = Readonly<Record<string, unknown>>;

/** A field of an object of the API; undefined for null too. */
export function field(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  return (object as Readonly<Record<string, unknown>>)[name] ?? undefined;
}

/** A list that may be missing. @throws MalformedObjectError */
export function list(object: unknown, name: string): readonly unknown[] {
  const value = field(object, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new MalformedObjectError(`${name} is no list`);
  return value;
}

/** A text that may be missing. @throws MalformedObjectError */
export function text(object: unknown, name: string): string | undefined {
  const value = field(object, name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new MalformedObjectError(`${name} is no text`);
}

/** Texts that may be missing. @throws MalformedObjectError */
export function texts(object: unknown, name: string): readonly string[] {
  return list(object, name).map((value) => {
    if (typeof value !== 'string') throw new MalformedObjectError(`${name} has what is no text`);
    return value;
  });
}

/** Fields under new names, as they are. */
export function renamed(
  object: unknown,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names).map(([from, to]) => [to, field(object, from)] as const),
  );
}

/** An object that is not what its CRD says; the text tells where. */
export class MalformedObjectError extends Error {
  override readonly name = 'MalformedObjectError';
}
