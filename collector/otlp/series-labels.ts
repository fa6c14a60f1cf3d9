/** Labels of OTLP's series: attributes of the point, the resource and the scope. */
import { compareUtf8, METRIC_NAME } from '../../model/labels.ts';
import { labelName } from './label-name.ts';
import type { Attributes, OtlpScopeMetrics } from './otlp-metrics.ts';
import type { OtlpSettings } from './otlp-settings.ts';

const SERVICE_NAME = 'service.name';
const SERVICE_NAMESPACE = 'service.namespace';
const SERVICE_INSTANCE_ID = 'service.instance.id';
const IDENTIFYING: readonly string[] = [SERVICE_NAMESPACE, SERVICE_NAME, SERVICE_INSTANCE_ID];

/** Name to value; '' stands for no label. Changed by its owner only. */
export type LabelMap = ReadonlyMap<string, string>;

/** What all series of a resource share. */
export interface ResourceLabels {
  /** '' when the resource does not say. */
  readonly job: string;
  readonly instance: string;
  readonly promoted: LabelMap;
}

/** @throws OtlpNameError */
export function resourceLabels(attributes: Attributes, settings: OtlpSettings): ResourceLabels {
  const service = valueOf(attributes, SERVICE_NAME);
  const namespace = valueOf(attributes, SERVICE_NAMESPACE);
  const promoted = new Map<string, string>();
  for (let at = 0; at < attributes.length; at += 2) {
    const name = attributes[at] as string;
    if (!settings.isPromoted(name)) continue;
    promoted.set(labelName(name, settings.labelNames), attributes[at + 1] as string);
  }
  let job = service ?? '';
  if (service !== undefined && namespace !== undefined) job = `${namespace}/${service}`;
  return { job, instance: valueOf(attributes, SERVICE_INSTANCE_ID) ?? '', promoted };
}

/**
 * Labels that the scope gives when the settings ask for them.
 * @throws OtlpNameError
 */
export function scopeLabels(scope: OtlpScopeMetrics, settings: OtlpSettings): LabelMap {
  const labels = new Map<string, string>();
  if (!settings.promotesScope || scope.name === '') return labels;
  for (let at = 0; at < scope.attributes.length; at += 2) {
    const name = labelName(`otel_scope_${scope.attributes[at]}`, settings.labelNames);
    labels.set(name, scope.attributes[at + 1] as string);
  }
  labels.set('otel_scope_name', scope.name);
  labels.set('otel_scope_version', scope.version);
  labels.set('otel_scope_schema_url', scope.schemaUrl);
  return labels;
}

/**
 * Labels of a point, its metric's name not among them.
 * @throws OtlpNameError
 */
export function pointLabels(
  attributes: Attributes,
  resource: ResourceLabels,
  scope: LabelMap,
  settings: OtlpSettings,
): Map<string, string> {
  const labels = attributeLabels(attributes, [METRIC_NAME], settings);
  for (const [name, value] of resource.promoted) {
    if ((labels.get(name) ?? '') === '') labels.set(name, value);
  }
  addIdentity(labels, resource);
  for (const [name, value] of scope) labels.set(name, value);
  return labels;
}

/**
 * Labels of the `target_info` of a resource; undefined when it would say nothing that job and
 * instance do not, or when it has neither.
 * @throws OtlpNameError
 */
export function targetInfoLabels(
  attributes: Attributes,
  resource: ResourceLabels,
  settings: OtlpSettings,
): Map<string, string> | undefined {
  const saysMore = attributes.some((name, at) => at % 2 === 0 && !IDENTIFYING.includes(name));
  if (!saysMore) return undefined;
  const ignored = settings.keepsIdentifyingAttributes ? [] : IDENTIFYING;
  const labels = attributeLabels(attributes, ignored, settings);
  addIdentity(labels, resource);
  const isKnown = (labels.get('job') ?? '') !== '' || (labels.get('instance') ?? '') !== '';
  return isKnown ? labels : undefined;
}

function addIdentity(labels: Map<string, string>, resource: ResourceLabels): void {
  if (resource.job !== '') labels.set('job', resource.job);
  if (resource.instance !== '') labels.set('instance', resource.instance);
}

/** Values of attributes that come to the same label name are joined, in the order of the names. */
function attributeLabels(
  attributes: Attributes,
  ignored: readonly string[],
  settings: OtlpSettings,
): Map<string, string> {
  const entries: [string, string][] = [];
  for (let at = 0; at < attributes.length; at += 2) {
    const name = attributes[at] as string;
    if (!ignored.includes(name)) entries.push([name, attributes[at + 1] as string]);
  }
  if (entries.length > 1) entries.sort((a, b) => compareUtf8(a[0], b[0]));
  const labels = new Map<string, string>();
  for (const [attribute, value] of entries) {
    const name = attributeLabel(attribute, settings);
    const before = labels.get(name) ?? '';
    const isJoined = before !== '' && !settings.labelNames.allowsUtf8;
    labels.set(name, isJoined ? `${before};${value}` : value);
  }
  return labels;
}

/** Where any UTF-8 may be a label, every name but the empty one is. */
function attributeLabel(attribute: string, settings: OtlpSettings): string {
  const isTaken = settings.labelNames.allowsUtf8 && attribute !== '';
  return isTaken ? attribute : labelName(attribute, settings.labelNames);
}

function valueOf(attributes: Attributes, name: string): string | undefined {
  for (let at = 0; at < attributes.length; at += 2) {
    if (attributes[at] === name) return attributes[at + 1];
  }
  return undefined;
}
