/** One field that differs; an absent value is undefined. */
export interface FieldChange {
  /** Such as `spec.template.spec.containers[name=app].image`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Fields that change without anything having happened to the object. */
const IGNORED: ReadonlySet<string> = new Set([
  'metadata.resourceVersion',
  'metadata.managedFields',
  'metadata.lastManager',
]);
/** List items are compared by the first of these that they all have, else by position. */
const KEYS = ['name', 'type', 'containerPort', 'mountPath', 'key', 'uid'] as const;

/** What differs between two states of an object, in the order of the fields. */
export function diffObjects(before: unknown, after: unknown): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', before, after, changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (IGNORED.has(path) || before === after) return;
  if (isRecord(before) && isRecord(after)) {
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(`${path}${fieldPath(field, path)}`, before[field], after[field], changes);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(path, before, after, changes);
    return;
  }
  changes.push({ path, before, after });
}

function compareLists(
  path: string,
  before: readonly unknown[],
  after: readonly unknown[],
  changes: FieldChange[],
): void {
  const key = KEYS.find((one) => isKeyOf(one, before) && isKeyOf(one, after));
  if (key === undefined) {
    const length = Math.max(before.length, after.length);
    for (let at = 0; at < length; at++) compare(`${path}[${at}]`, before[at], after[at], changes);
    return;
  }
  const named = (list: readonly unknown[]) =>
    new Map(list.map((item) => [(item as Record<string, unknown>)[key], item]));
  const [old, next] = [named(before), named(after)];
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    compare(`${path}[${key}=${String(name)}]`, old.get(name), next.get(name), changes);
  }
}

function isKeyOf(key: string, list: readonly unknown[]): boolean {
  const values = list.map((item) => (isRecord(item) ? item[key] : undefined));
  return !values.includes(undefined) && new Set(values).size === values.length;
}

/** A name with dots, as labels have, stands in brackets. */
function fieldPath(field: string, parent: string): string {
  if (/[^\w-]/.test(field)) return `[${JSON.stringify(field)}]`;
  return parent === '' ? field : `.${field}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
