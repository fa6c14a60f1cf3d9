/** Objects written as YAML beside this file, made so in a cluster. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ApiClient, KubernetesObject } from './api-client.ts';

interface ManifestObject extends KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * In the order of file names, then of the documents in a file.
 *
 * @param values scalars that consist of such a name get its value
 */
export function readManifests(
  folderName: string,
  values: Readonly<Record<string, string>> = {},
): readonly ManifestObject[] {
  const folder = resolve(import.meta.dirname, 'manifests', folderName);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => readObjects(join(folder, file), values));
}

/** Applies objects one after the other; learns from the API server where each kind lives. */
export async function applyObjects(
  api: ApiClient,
  objects: readonly ManifestObject[],
): Promise<void> {
  const resources = new ResourcePaths(api);
  for (const object of objects) await api.apply(await resources.pathOf(object), object);
}

class ResourcePaths {
  readonly #api: ApiClient;
  readonly #groups = new Map<string, readonly ApiResource[]>();

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async pathOf(object: ManifestObject): Promise<string> {
    const { apiVersion, kind, metadata } = object;
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const known = this.#groups.get(base) ?? (await this.#resourcesOf(base));
    const resource = known.find((entry) => entry.kind === kind && !entry.name.includes('/'));
    if (resource === undefined) throw new Error(`${base} has no ${kind}`);
    const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base}${place}/${resource.name}/${metadata.name}`;
  }

  async #resourcesOf(base: string): Promise<readonly ApiResource[]> {
    const answer = await this.#api.text('GET', base);
    const { resources } = JSON.parse(answer) as { readonly resources: readonly ApiResource[] };
    this.#groups.set(base, resources);
    return resources;
  }
}

function readObjects(
  path: string,
  values: Readonly<Record<string, string>>,
): readonly ManifestObject[] {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'));
  const fillIn = (_key: unknown, value: unknown): unknown => {
    return typeof value === 'string' ? (values[value] ?? value) : value;
  };
  return Array.from(documents, (document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${path}: ${error.message}`);
    return document.toJS({ reviver: fillIn }) as ManifestObject;
  });
}
