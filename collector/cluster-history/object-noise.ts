import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';

/**
 * What of an object changes without anything having happened: heartbeats, counters of the API
 * machinery, readings. Names count at any depth below the field they stand under.
 */
const NOISE_BY_FIELD: Readonly<Record<string, ReadonlySet<string>>> = {
  metadata: new Set(['resourceVersion', 'generation', 'managedFields', 'lastManager', 'selfLink']),
  status: new Set([
    'observedGeneration',
    'lastHeartbeatTime',
    'lastProbeTime',
    'lastUpdateTime',
    'currentMetrics',
    'images',
    'volumesInUse',
    'used',
    'currentCPUUtilizationPercentage',
  ]),
};

/** Annotations that components write about their own work. */
const NOISE_ANNOTATIONS: ReadonlySet<string> = new Set([
  'control-plane.alpha.kubernetes.io/leader',
  'autoscaling.alpha.kubernetes.io/current-metrics',
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
]);

/** Equal for two states of an object that differ in noise only. 32 hexadecimal digits. */
export function contentHash(object: KubernetesObject): string {
  return createHash('sha256')
    .update(JSON.stringify(withoutNoise(object)))
    .digest('hex')
    .slice(0, 32);
}

function withoutNoise(object: KubernetesObject): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(object)) {
    const noise = NOISE_BY_FIELD[field];
    clean[field] = noise === undefined ? value : strip(value, noise);
  }
  const metadata = clean['metadata'] as { annotations?: Record<string, string> };
  if (metadata.annotations !== undefined) {
    metadata.annotations = Object.fromEntries(
      Object.entries(metadata.annotations).filter(([name]) => !NOISE_ANNOTATIONS.has(name)),
    );
  }
  return clean;
}

function strip(value: unknown, noise: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => strip(one, noise));
  if (typeof value !== 'object' || value === null) return value;
  const clean: Record<string, unknown> = {};
  for (const [field, inner] of Object.entries(value)) {
    if (!noise.has(field)) clean[field] = strip(inner, noise);
  }
  return clean;
}
