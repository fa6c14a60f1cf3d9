/** Reads Secrets and ConfigMaps when they are needed; nothing of them is kept here. */
import { ApiStatusError } from '../../kubernetes/api-errors.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { type KeyReference, referenceKey } from './key-references.ts';

/** Not found, not allowed: asking again would not help. */
const LASTING_CODES: ReadonlySet<number> = new Set([400, 401, 403, 404]);

interface KeyedObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface ReadReferences {
  readonly values: ReadonlyMap<string, string>;
  /** Texts to be shown, without any value. */
  readonly errors: readonly string[];
}

/**
 * Only from the namespace of the object that refers to them: else whoever may create an object
 * could read the secrets of all.
 * @throws ClusterUnreachable, ApiStatusError when the server cannot answer at the moment
 */
export async function readReferences(
  cluster: Cluster,
  namespace: string,
  references: readonly KeyReference[],
): Promise<ReadReferences> {
  const values = new Map<string, string>();
  const errors: string[] = [];
  const byObject = new Map<string, KeyReference[]>();
  for (const reference of references) {
    const name = `${reference.kind}/${reference.name}`;
    byObject.set(name, [...(byObject.get(name) ?? []), reference]);
  }
  for (const group of byObject.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const data = await readData(cluster, namespace, first, errors);
    for (const reference of group) {
      const value = data?.[reference.key];
      if (value !== undefined) {
        const isEncoded = reference.kind === 'Secret';
        const text = isEncoded ? Buffer.from(value, 'base64').toString('utf8') : value;
        values.set(referenceKey(reference), text);
      } else if (data !== undefined && !reference.optional) {
        errors.push(`${reference.kind} ${namespace}/${reference.name} has no key ${reference.key}`);
      }
    }
  }
  return { values, errors };
}

async function readData(
  cluster: Cluster,
  namespace: string,
  { kind, name, optional }: KeyReference,
  errors: string[],
): Promise<Readonly<Record<string, string>> | undefined> {
  const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
  try {
    return (await cluster.json<KeyedObject>({ path })).data ?? {};
  } catch (error) {
    if (!(error instanceof ApiStatusError) || !LASTING_CODES.has(error.code)) throw error;
    if (!(optional && error.code === 404)) errors.push(error.message);
    return undefined;
  }
}
