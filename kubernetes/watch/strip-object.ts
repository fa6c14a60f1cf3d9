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

/** Kinds whose `spec.template` is a Pod's. */
const WITH_TEMPLATE: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
]);

/** Shorter strings are shared by the JSON parser itself. */
const SHARED_CHARS_MIN = 11;
/** Longer ones are hardly ever equal. */
const SHARED_CHARS_MAX = 256;
/** More different ones than this are no repetition. */
const SHARED_STRINGS_MAX = 100_000;

type Json = Record<string, unknown>;

export class ObjectStripper {
  /** One string for all that are equal: names of nodes and namespaces, images, label values. */
  readonly #shared = new Map<string, string>();

  /** Changes the object, which nobody else may have yet. */
  strip(object: Json, kind: string): void {
    const metadata = recordOf(object['metadata']);
    if (metadata !== undefined) stripMetadata(metadata);
    const annotations = recordOf(metadata?.['annotations']);
    if (annotations !== undefined) delete annotations[LAST_APPLIED];
    const spec = recordOf(object['spec']);
    // What is secret is not even held in memory.
    if (kind === 'Secret') for (const field of SECRET_FIELDS) delete object[field];
    if (kind === 'Pod') stripPodSpec(spec);
    else if (WITH_TEMPLATE.has(kind)) stripTemplate(spec);
    else if (kind === 'CronJob') stripTemplate(recordOf(recordOf(spec?.['jobTemplate'])?.['spec']));
    this.#share(object);
  }

  #share(value: Json | unknown[]): void {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#sharedIn(value[i]);
      return;
    }
    for (const key in value) value[key] = this.#sharedIn(value[key]);
  }

  #sharedIn(field: unknown): unknown {
    if (typeof field === 'string') {
      const isShareable = field.length >= SHARED_CHARS_MIN && field.length <= SHARED_CHARS_MAX;
      return isShareable ? this.#sharedOf(field) : field;
    }
    if (typeof field === 'object' && field !== null) this.#share(field as Json);
    return field;
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

function stripPodSpec(spec: Json | undefined): void {
  if (spec === undefined) return;
  for (const field of POD_SPEC_FIELDS) delete spec[field];
  for (const name of CONTAINER_LISTS) {
    const containers = spec[name];
    if (!Array.isArray(containers)) continue;
    for (const container of containers) {
      const record = recordOf(container);
      if (record === undefined) continue;
      for (const field of CONTAINER_FIELDS) delete record[field];
    }
  }
}

function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined;
}
