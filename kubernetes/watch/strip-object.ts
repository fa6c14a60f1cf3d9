/** Takes from an arriving object what nothing here reads and what is most of its size. */

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Of containers: neither metrics nor discovery, alarms or rules look at them. Who shows or edits an
 * object reads it from the API server, whole.
 */
const CONTAINER_FIELDS = [
  'env',
  'envFrom',
  'volumeMounts',
  'volumeDevices',
  'command',
  'args',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'securityContext',
  'terminationMessagePath',
  'terminationMessagePolicy',
] as const;
const SECRET_FIELDS = ['data', 'stringData'] as const;
const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
const POD_SPEC_FIELDS = ['affinity', 'topologySpreadConstraints', 'dnsConfig'] as const;

/** Of what the kubelet says of containers. */
const STATUS_FIELDS = ['volumeMounts', 'user', 'allocatedResourcesStatus'] as const;
const STATUS_LISTS = [
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const;

/**
 * Kinds whose template is that of their owner. What people write themselves (Deployments and the
 * like) keeps its template, so that a change of it can be told.
 */
const WITH_COPIED_TEMPLATE: ReadonlySet<string> = new Set(['ReplicaSet', 'Job']);

/** Shorter strings are shared by the JSON parser itself. */
const SHARED_CHARS_MIN = 11;
/** Longer ones are hardly ever equal. */
const SHARED_CHARS_MAX = 256;
/** More different ones than this are no repetition. */
const SHARED_STRINGS_MAX = 100_000;

const SHARED_TOLERATIONS_MAX = 1_000;

type Json = Record<string, unknown>;

export class ObjectStripper {
  /** One string for all that are equal: names of nodes and namespaces, images, label values. */
  readonly #shared = new Map<string, string>();

  /** Equal lists of tolerations: nearly all Pods have the same. */
  readonly #tolerations = new Map<string, unknown>();

  /** @returns a copy; the object itself, which nobody else may have, is changed too */
  strip(object: Json, kind: string): Json {
    const metadata = recordOf(object['metadata']);
    if (metadata !== undefined) stripMetadata(metadata);
    const annotations = recordOf(metadata?.['annotations']);
    if (annotations !== undefined) delete annotations[LAST_APPLIED];
    const spec = recordOf(object['spec']);
    // What is secret is not even held in memory.
    if (kind === 'Secret') for (const field of SECRET_FIELDS) delete object[field];
    if (kind === 'Pod') {
      stripPodSpec(spec);
      stripPodStatus(recordOf(object['status']));
    } else if (WITH_COPIED_TEMPLATE.has(kind)) stripTemplate(spec);
    const stripped = this.#copy(object) as Json;
    if (kind === 'Pod') this.#shareTolerations(recordOf(stripped['spec']));
    return stripped;
  }

  /** An object from which fields were deleted takes more memory than one that never had them. */
  #copy(value: unknown): unknown {
    if (typeof value === 'string') {
      const isShareable = value.length >= SHARED_CHARS_MIN && value.length <= SHARED_CHARS_MAX;
      return isShareable ? this.#sharedOf(value) : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#copy(item));
    const copy: Json = {};
    for (const key in value) copy[key] = this.#copy((value as Json)[key]);
    return copy;
  }

  #shareTolerations(spec: Json | undefined): void {
    const tolerations = spec?.['tolerations'];
    if (spec === undefined || tolerations === undefined) return;
    const key = JSON.stringify(tolerations);
    const known = this.#tolerations.get(key);
    if (known !== undefined) spec['tolerations'] = known;
    else if (this.#tolerations.size < SHARED_TOLERATIONS_MAX)
      this.#tolerations.set(key, tolerations);
  }

  #sharedOf(text: string): string {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    // Begun anew rather than kept for ever: names of Pods come and go.
    if (this.#shared.size >= SHARED_STRINGS_MAX) this.#shared.clear();
    this.#shared.set(text, text);
    return text;
  }
}

/** Who wrote what is most of a small object; who wrote last is kept. */
function stripMetadata(metadata: Json): void {
  const { managedFields } = metadata;
  delete metadata['managedFields'];
  delete metadata['selfLink'];
  if (!Array.isArray(managedFields)) return;
  let newest = '';
  for (const entry of managedFields) {
    const { manager, time } = recordOf(entry) ?? {};
    // Times are RFC 3339 in UTC, and so in the order of their texts.
    if (typeof manager !== 'string' || typeof time !== 'string' || time < newest) continue;
    newest = time;
    metadata['lastManager'] = manager;
  }
}

function stripTemplate(spec: Json | undefined): void {
  const template = recordOf(spec?.['template']);
  delete recordOf(template?.['metadata'])?.['annotations'];
  stripPodSpec(recordOf(template?.['spec']));
}

function stripPodStatus(status: Json | undefined): void {
  for (const name of STATUS_LISTS) stripItems(status?.[name], STATUS_FIELDS);
}

function stripPodSpec(spec: Json | undefined): void {
  if (spec === undefined) return;
  for (const field of POD_SPEC_FIELDS) delete spec[field];
  for (const name of CONTAINER_LISTS) stripItems(spec[name], CONTAINER_FIELDS);
  const { volumes } = spec;
  // Most volumes are the service account's token, which says the same in every Pod.
  if (Array.isArray(volumes)) {
    for (const volume of volumes) delete recordOf(recordOf(volume)?.['projected'])?.['sources'];
  }
}

function stripItems(items: unknown, fields: readonly string[]): void {
  if (!Array.isArray(items)) return;
  for (const item of items) {
    const record = recordOf(item);
    if (record === undefined) continue;
    for (const field of fields) delete record[field];
  }
}

function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined;
}
