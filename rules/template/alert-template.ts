/** Templates in the labels and annotations of alerting rules, with the variables they may use. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import {
  ANY,
  type GoField,
  type GoType,
  STRING,
  STRING_MAP,
} from '../../model/template/value/go-types.ts';
import { type GoValue, goString, goStringMap } from '../../model/template/value/go-values.ts';
import { DURATION, goDuration, goTime, TIME } from '../../model/template/value/time-types.ts';
import { RuleTemplate, type RuleTemplateContext } from './rule-template.ts';
import { sampleValue } from './sample-value.ts';

/** What a template of an alert sees. */
export interface AlertTemplateData {
  /** The sample's labels, with the metric name. */
  readonly labels: Labels;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  readonly value: number;
  readonly histogram?: FloatHistogram;
  /** For the variables that vmalert has; Prometheus does not. */
  readonly extra?: AlertExtraData;
}

export interface AlertExtraData {
  readonly activeAtMs: number;
  readonly forMs: number;
  readonly intervalMs: number;
  readonly expr: string;
  readonly alertId: string;
  readonly groupId: string;
}

const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}' +
  '{{$externalURL := .ExternalURL}}{{$value := .Value}}';

/** Variables of vmalert and the fields they come from. */
const EXTRA_FIELDS: readonly GoField[] = [
  { name: 'ActiveAt', type: TIME },
  { name: 'For', type: DURATION },
  { name: 'Interval', type: DURATION },
  { name: 'Expr', type: STRING },
  { name: 'AlertID', type: STRING },
  { name: 'GroupID', type: STRING },
];

function variableOf(field: string): string {
  return `$${field.charAt(0).toLowerCase()}${field.slice(1)}`;
}

const FIELDS: readonly GoField[] = [
  { name: 'Labels', type: STRING_MAP },
  { name: 'ExternalLabels', type: STRING_MAP },
  { name: 'ExternalURL', type: STRING },
  { name: 'Value', type: ANY },
];

function dataType(fields: readonly GoField[]): GoType {
  const parts = fields.map((field) => `${field.name} ${field.type.name}`);
  const name = `struct { ${parts.join('; ')} }`;
  return { kind: 'struct', name, isNamed: false, underlying: name, fields };
}

const DATA = dataType(FIELDS);
const DATA_WITH_EXTRA = dataType([...FIELDS, ...EXTRA_FIELDS]);

/** The template of one label or annotation of a rule. */
export class AlertTemplate {
  readonly #template: RuleTemplate;
  readonly #hasExtra: boolean;

  /** @throws TemplateError `template: __alert_NAME:LINE: …`, as the check of a rule file has it */
  constructor(alertName: string, text: string) {
    // Defined only where used: a place in a message counts what stands before the text.
    const extra = EXTRA_FIELDS.filter(({ name }) => text.includes(variableOf(name)));
    const own = extra.map(({ name }) => `{{${variableOf(name)} := .${name}}}`).join('');
    this.#hasExtra = extra.length > 0 || EXTRA_FIELDS.some(({ name }) => text.includes(`.${name}`));
    const isPlain = !text.includes('{{');
    const whole = isPlain ? text : DEFINITIONS + own + text;
    this.#template = new RuleTemplate(`__alert_${alertName}`, whole);
  }

  /**
   * Never fails: an alert goes out even when its text does not work.
   * @param onError told of a failure, to be counted and logged
   */
  async expand(
    data: AlertTemplateData,
    context: RuleTemplateContext,
    onError: (error: TemplateError) => void,
  ): Promise<string> {
    try {
      return await this.#template.expand(toValue(data, this.#hasExtra), context);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      onError(error);
      return `<error expanding template: ${error.message}>`;
    }
  }
}

function toValue(data: AlertTemplateData, hasExtra: boolean): GoValue {
  const fields: GoValue[] = [
    goStringMap(data.labels.entries()),
    goStringMap(data.externalLabels.entries()),
    goString(data.externalUrl),
    sampleValue(data),
  ];
  const { extra } = data;
  if (!hasExtra || extra === undefined) return { kind: 'struct', type: DATA, fields };
  fields.push(
    goTime(GoInstant.fromMs(extra.activeAtMs)),
    goDuration(nanos(extra.forMs)),
    goDuration(nanos(extra.intervalMs)),
    goString(extra.expr),
    goString(extra.alertId),
    goString(extra.groupId),
  );
  return { kind: 'struct', type: DATA_WITH_EXTRA, fields };
}

function nanos(durationMs: number): bigint {
  return BigInt(Math.round(durationMs)) * 1_000_000n;
}
