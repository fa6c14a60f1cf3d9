/** Helpers of the rendering: mappings in a fixed order, without what is empty. */
import { YAMLSeq } from 'yaml';
import { formatDurationMs } from '../model/duration.ts';
import type { Labels } from '../model/labels.ts';
import { compareUtf8 } from '../model/labels.ts';
import { formatByteSize } from './byte-size.ts';

/** A mapping to be printed in the order of its entries. */
export type Rendered = ReadonlyMap<string, unknown>;

/**
 * @param fields name and value; undefined values are left out. A name may begin with `?`: it is
 *   then left out too when the value is empty, false or 0, as Go's `omitempty` does.
 */
export function renderFields(fields: readonly (readonly [string, unknown])[]): Rendered {
  const out = new Map<string, unknown>();
  for (const [name, value] of fields) {
    const isOptional = name.startsWith('?');
    if (value === undefined || (isOptional && isEmpty(value))) continue;
    out.set(isOptional ? name.slice(1) : name, value);
  }
  return out;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  if (value instanceof YAMLSeq) return value.items.length === 0;
  return value === '' || value === false || value === 0 || value === 0n;
}

/** Undefined, and so left out, when 0. */
export function renderDuration(durationMs: number): string | undefined {
  return durationMs === 0 ? undefined : formatDurationMs(durationMs);
}

/** Undefined, and so left out, when 0. */
export function renderSize(sizeBytes: number): string | undefined {
  return sizeBytes === 0 ? undefined : formatByteSize(sizeBytes);
}

export function renderLabels(labels: Labels): Rendered {
  return new Map(labels.entries());
}

/** Names in the order Go prints a map. */
export function renderRecord<T>(
  record: Readonly<Record<string, T>>,
  render: (value: T) => unknown = (value) => value,
): Rendered {
  const entries = Object.entries(record).sort((a, b) => compareUtf8(a[0], b[0]));
  return new Map(entries.map(([name, value]) => [name, render(value)]));
}

/** A list on one line. */
export function renderInline(items: readonly string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  list.items = [...items];
  return list;
}
