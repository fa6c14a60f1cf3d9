/** Reads an alarm policy from the tree that JSON or YAML gives. */
import { isClassicLabelName } from '../../model/labels.ts';
import { compileRegex, RegexError } from '../../model/matcher.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import type { ParserOptions } from '../../promql/ast.ts';
import { AlertTemplate } from '../template/alert-template.ts';
import {
  type AlarmPolicy,
  MISSING_TREATMENTS,
  type MissingData,
  POLICY_TYPES,
  type PolicyProblem,
  type PolicySpec,
  SEVERITIES,
} from './alarm-policy.ts';
import { type ConditionClauses, LogicError, parseLogic } from './condition-logic.ts';
import { PolicyFields } from './policy-fields.ts';
import { readCondition } from './read-condition.ts';
import { readActiveTime, readEventFilter, readNotification } from './read-notification.ts';
import { readLabelNames, readTarget } from './read-target.ts';

const API_VERSION = 'watchkeeper/v1';
const KIND = 'AlarmPolicy';
const ID = /^[a-z0-9_-]{1,64}$/;
const NAME_LENGTH_MAX = 128;
const CONDITIONS_MAX = 16;
const LOOK_BACK_MAX = 10;
/** Labels that the program gives alarms of policies. */
const RESERVED = ['policy_id', 'condition', 'severity', 'alarm_type', 'alarm_kind', 'alertname'];

export type ReadPolicy =
  | { readonly ok: true; readonly policy: AlarmPolicy }
  /** At least one. */
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * @param value of JSON or YAML
 * @param newId for a policy that names no id
 */
export function readPolicy(value: unknown, parser: ParserOptions, newId: () => string): ReadPolicy {
  const problems: PolicyProblem[] = [];
  const root = new PolicyFields(value, '', problems);
  root.choice('apiVersion', [API_VERSION], API_VERSION);
  root.choice('kind', [KIND], KIND);
  const metadata = readMetadata(root.section('metadata'), newId);
  const spec = readSpec(root.section('spec'), parser);
  // What the program says of a policy comes back when somebody edits what they were shown.
  root.raw('status');
  root.finish();
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, policy: { ...metadata, spec } };
}

function readMetadata(fields: PolicyFields, newId: () => string): Omit<AlarmPolicy, 'spec'> {
  const id = fields.has('id') ? fields.text('id') : newId();
  if (!ID.test(id)) {
    fields.problem('id', `${JSON.stringify(id)} is no id`, 'use a-z, 0-9, _ and -, at most 64');
  }
  const name = fields.text('name');
  if (name === '') fields.problem('name', 'is missing', 'name the policy');
  if (name.length > NAME_LENGTH_MAX) {
    fields.problem('name', `has ${name.length} characters`, `at most ${NAME_LENGTH_MAX}`);
  }
  const labels = fields.textMap('labels');
  for (const label of Object.keys(labels)) {
    if (isClassicLabelName(label) && !RESERVED.includes(label)) continue;
    const problem = RESERVED.includes(label) ? 'is given by the program' : 'is no label name';
    fields.problem(`labels.${label}`, problem, 'use another name');
  }
  const metadata = {
    id,
    name,
    description: fields.text('description'),
    labels,
    enabled: fields.boolean('enabled', true),
    preset: fields.boolean('preset', false),
  };
  // Shown beside a policy; the store keeps its own.
  fields.raw('revision');
  fields.finish();
  return metadata;
}

function readSpec(fields: PolicyFields, parser: ParserOptions): PolicySpec {
  const type = fields.choice('type', POLICY_TYPES, 'promql');
  if (!fields.has('type')) {
    fields.problem('type', 'is missing', `use one of ${POLICY_TYPES.join(', ')}`);
  }
  const severity = fields.choice('severity', SEVERITIES, 'warning');
  const conditions = fields.section('conditions');
  const items = conditions
    .sections('items')
    .map((item, position) => readCondition(item, position, { type, severity, parser }));
  const suppression = fields.section('suppression');
  const spec: PolicySpec = {
    type,
    target: readTarget(fields.section('target')),
    logic: conditions.choice('logic', ['any', 'all', 'expression'], 'all'),
    expression: conditions.text('expression'),
    conditions: items,
    missingData: readMissingData(fields.section('missingData')),
    events: fields.sections('events').map(readEventFilter),
    severity,
    keepFiringForMs: fields.durationMs('keepFiringFor', 0),
    notification: readNotification(fields.section('notification')),
    activeTime: fields.has('activeTime') ? readActiveTime(fields.section('activeTime')) : undefined,
    dependsOn: suppression.sections('dependsOn').map(readDependency),
    maintenance: suppression.texts('maintenance'),
    annotations: readAnnotations(fields),
  };
  if (spec.target.labelSelector !== '' && ['cluster', 'promql', 'event'].includes(type)) {
    const problem = `is not for policies of type ${type}`;
    fields.problem('target.labelSelector', problem, 'use selector, or labels in the expression');
  }
  checkConditions(spec, conditions, fields);
  suppression.finish();
  conditions.finish();
  // An empty list is how a policy without actions is written elsewhere.
  const actions = fields.raw('actions');
  if (actions !== undefined && !(Array.isArray(actions) && actions.length === 0)) {
    fields.problem('actions', 'is not carried out', 'name a receiver with webhook_configs');
  }
  fields.finish();
  return spec;
}

function readMissingData(fields: PolicyFields): MissingData {
  const treat = fields.choice('treat', MISSING_TREATMENTS, 'not_breaching');
  const missing: MissingData = {
    treat,
    range: fields.count('range', treat === 'not_breaching' ? 0 : 2, 0, LOOK_BACK_MAX),
    noDataAfterMs: fields.durationMs('noDataAfter', 600_000),
    notify: fields.boolean('notify', false),
  };
  if (missing.noDataAfterMs === 0) fields.problem('noDataAfter', 'is zero', 'write 10m');
  fields.finish();
  return missing;
}

function readDependency(fields: PolicyFields): PolicySpec['dependsOn'][number] {
  const policy = fields.text('policy');
  if (policy === '') fields.problem('policy', 'is missing', 'write the id of a policy');
  const dependency = { policy, equal: readLabelNames(fields, 'equal') };
  fields.finish();
  return dependency;
}

/** The same texts that rules have, so that mistakes are told now and not in a message at night. */
function readAnnotations(fields: PolicyFields): Readonly<Record<string, string>> {
  const annotations = fields.textMap('annotations');
  for (const [name, text] of Object.entries(annotations)) {
    try {
      void new AlertTemplate('annotation', text);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      fields.problem(`annotations.${name}`, error.message, 'as {{ $labels.pod }} {{ $value }}');
    }
  }
  return annotations;
}

function checkConditions(spec: PolicySpec, conditions: PolicyFields, fields: PolicyFields): void {
  const { type, events, conditions: items } = spec;
  if (type === 'event') {
    if (events.length === 0) fields.problem('events', 'is empty', 'write reasons: [OOMKilling]');
    if (items.length > 0) {
      conditions.problem('items', 'is not for policies of type event', 'use events');
    }
    for (const [index, { messageRegex }] of events.entries()) {
      try {
        void compileRegex(messageRegex);
      } catch (error) {
        if (!(error instanceof RegexError)) throw error;
        fields.problem(`events[${index}].messageRegex`, error.message, 'write an RE2 expression');
      }
    }
    return;
  }
  if (events.length > 0) fields.problem('events', `is not for type ${type}`, 'use type: event');
  if (items.length === 0) conditions.problem('items', 'is empty', 'write at least one condition');
  if (items.length > CONDITIONS_MAX) {
    conditions.problem('items', `has ${items.length} entries`, `at most ${CONDITIONS_MAX}`);
  }
  checkIds(spec, conditions);
  checkLevels(spec, conditions);
  checkLogic(spec, conditions);
}

function checkIds({ conditions: items }: PolicySpec, fields: PolicyFields): void {
  const seen = new Set<string>();
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) fields.problem(`items[${index}].id`, `${id} is there twice`, 'rename one');
    seen.add(id);
  }
}

/** Conditions that have levels are joined level by level. */
function checkLevels({ conditions: items, logic }: PolicySpec, fields: PolicyFields): void {
  if (logic === 'any') return;
  const withLevels = items.filter(({ hasLevels }) => hasLevels);
  const first = withLevels[0];
  if (first === undefined) return;
  const levels = Object.keys(first.thresholds).join(', ');
  for (const item of withLevels) {
    if (Object.keys(item.thresholds).join(', ') === levels) continue;
    const index = items.indexOf(item);
    fields.problem(
      `items[${index}].levels`,
      'differ from those of the condition before',
      `use ${levels}`,
    );
  }
}

function checkLogic(spec: PolicySpec, fields: PolicyFields): void {
  if (spec.logic !== 'expression') {
    if (spec.expression !== '') {
      fields.problem('expression', `is not for logic ${spec.logic}`, 'use logic: expression');
    }
    return;
  }
  try {
    void policyClauses(spec);
  } catch (error) {
    if (!(error instanceof LogicError)) throw error;
    fields.problem('expression', error.message, 'as c1 && (c2 || !c3)');
  }
}

/** The combination of a policy's conditions. @throws LogicError; a policy that was read has none */
export function policyClauses({ logic, expression, conditions }: PolicySpec): ConditionClauses {
  const ids = conditions.map(({ id }) => id);
  if (logic === 'expression') return parseLogic(expression, ids);
  if (logic === 'all') return [{ positive: ids, negative: [] }];
  return ids.map((id) => ({ positive: [id], negative: [] }));
}
