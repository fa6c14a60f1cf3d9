/** Target groups as written in files and sent over HTTP: `[{targets: [host:port], labels: {}}]`. */
import { Labels } from '../../model/labels.ts';
import type { TargetGroup } from './discoverer.ts';

/** Groups that are none; the text names the place. */
export class GroupsError extends Error {
  override readonly name = 'GroupsError';
}

/** More are surely a mistake, and would take the memory of all others. */
const TARGETS_MAX = 1_000_000;

/**
 * @param data the parsed JSON or YAML
 * @param source of group i is `<source>:<i>`
 * @param metaLabel name and value of a label that every group gets
 * @throws GroupsError
 */
export function readGroups(
  data: unknown,
  source: string,
  metaLabel: readonly [string, string],
): readonly TargetGroup[] {
  if (data === null || data === undefined) return [];
  if (!Array.isArray(data)) throw new GroupsError('a list of target groups is needed');
  let targetCount = 0;
  return data.map((item: unknown, index) => {
    const group = readGroup(item, index, `${source}:${index}`, metaLabel);
    targetCount += group.targets.length;
    if (targetCount > TARGETS_MAX) throw new GroupsError(`more than ${TARGETS_MAX} targets`);
    return group;
  });
}

function readGroup(
  item: unknown,
  index: number,
  source: string,
  metaLabel: readonly [string, string],
): TargetGroup {
  if (item === null) throw new GroupsError('nil target group item found');
  if (!isRecord(item)) throw new GroupsError(`group ${index}: an object is needed`);
  for (const field of Object.keys(item)) {
    if (field !== 'targets' && field !== 'labels') {
      throw new GroupsError(`group ${index}: unknown field ${JSON.stringify(field)}`);
    }
  }
  const targets = item['targets'] ?? [];
  if (!Array.isArray(targets)) throw new GroupsError(`group ${index}: targets: not a list`);
  const labels = item['labels'] ?? {};
  if (!isRecord(labels)) throw new GroupsError(`group ${index}: labels: not an object`);
  const entries = new Map<string, string>();
  for (const [name, value] of Object.entries(labels)) {
    entries.set(
      name,
      readText(value, () => `group ${index}: label ${JSON.stringify(name)}`),
    );
  }
  entries.set(metaLabel[0], metaLabel[1]);
  return {
    source,
    targets: targets.map((target: unknown, at) =>
      Labels.fromPairs(['__address__', readText(target, () => `group ${index}: target ${at}`)]),
    ),
    labels: Labels.fromEntries(entries),
  };
}

/** YAML may hold a port or a flag where a text is meant; JSON has no excuse but is read alike. */
function readText(value: unknown, where: () => string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new GroupsError(`${where()}: not a string`);
  if (!value.isWellFormed()) throw new GroupsError(`${where()}: not valid UTF-8`);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
