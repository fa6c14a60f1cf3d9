/** The functions of Prometheus' rule templates: prometheus/prometheus `template/template.go`. */
import { isIP } from 'node:net';
import { DurationError, parseDurationMs } from '../../model/duration.ts';
import { joinHostPort, splitHostPort } from '../../model/host-port.ts';
import { compareUtf8 } from '../../model/labels.ts';
import { escapeQuery } from '../../model/template/exec/text-escape.ts';
import { fixed, textArg, variadic } from '../../model/template/functions/define.ts';
import {
  LOWER_FUNCTION,
  MATCH_FUNCTION,
  REPLACE_ALL_FUNCTION,
  titleCase,
  UPPER_FUNCTION,
} from '../../model/template/functions/text-functions.ts';
import { goHtml } from '../../model/template/html/content.ts';
import { FunctionError } from '../../model/template/template-error.ts';
import { ANY, type GoFunction, STRING } from '../../model/template/value/go-types.ts';
import { goFloat, goMap, goString } from '../../model/template/value/go-values.ts';
import { NUMBER_FUNCTIONS } from './number-functions.ts';
import {
  labelOfSample,
  QUERY_RESULT,
  queryResult,
  SAMPLE_POINTER,
  type TemplateSample,
  valueOfSample,
} from './sample-value.ts';
import { VMALERT_FUNCTIONS } from './vmalert-functions.ts';

/** What the functions of one expansion work with. */
export interface RuleFunctionContext {
  /** Evaluation time. */
  readonly timestampMs: number;
  /** As the user is to open it: `http://host:9090/prefix`. */
  readonly externalUrl: string;
  /**
   * The answer of an instant query at the evaluation time.
   * @throws whatever is to end the execution for now, or FunctionError
   */
  query(expr: string): readonly TemplateSample[];
}

const NOTHING: RuleFunctionContext = { timestampMs: 0, externalUrl: '', query: () => [] };

function stripDomain(hostPort: string): string {
  const split = splitHostPort(hostPort);
  const host = split?.host ?? hostPort;
  if (isIP(host) !== 0 && !host.includes('%')) return hostPort;
  const name = host.split('.', 1)[0] ?? '';
  const port = split?.port ?? '';
  return port === '' ? name : joinHostPort({ host: name, port });
}

function parseDurationSeconds(text: string): number {
  const isNegative = text.startsWith('-');
  try {
    const seconds = parseDurationMs(isNegative ? text.slice(1) : text) / 1000;
    return isNegative ? -seconds : seconds;
  } catch (error) {
    if (error instanceof DurationError) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
}

function onText(convert: (text: string) => string): GoFunction {
  return fixed([STRING], (args) => goString(convert(textArg(args, 0))));
}

function pathOf(url: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? url;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const FIXED_FUNCTIONS: readonly (readonly [string, GoFunction])[] = [
  [
    'first',
    fixed([QUERY_RESULT], ([vector]) => {
      const first = vector?.kind === 'slice' ? vector.items[0] : undefined;
      if (first === undefined) {
        throw new FunctionError('first() called on vector with no elements');
      }
      return first;
    }),
  ],
  [
    'label',
    fixed([STRING, SAMPLE_POINTER], (args) => goString(labelOfSample(args[1], textArg(args, 0)))),
  ],
  ['value', fixed([SAMPLE_POINTER], ([sample]) => valueOfSample(sample))],
  ['strvalue', fixed([SAMPLE_POINTER], ([sample]) => goString(labelOfSample(sample, '__value__')))],
  [
    'sortByLabel',
    fixed([STRING, QUERY_RESULT], (args) => {
      const name = textArg(args, 0);
      const vector = args[1];
      // In place, as the original: a variable that holds the vector sees the new order.
      if (vector?.kind === 'slice') {
        vector.items.sort((a, b) => compareUtf8(labelOfSample(a, name), labelOfSample(b, name)));
      }
      return vector;
    }),
  ],
  ['args', variadic([ANY], (args) => goMap(args.map((arg, index) => [`arg${index}`, arg])))],
  ['reReplaceAll', REPLACE_ALL_FUNCTION],
  ['match', MATCH_FUNCTION],
  ['safeHtml', fixed([STRING], (args) => goHtml(textArg(args, 0)))],
  ['title', fixed([STRING], (args) => goString(titleCase(args, 'keep')))],
  ['toUpper', UPPER_FUNCTION],
  ['toLower', LOWER_FUNCTION],
  ['graphLink', onText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=0`)],
  ['tableLink', onText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`)],
  ['stripPort', onText((hostPort) => splitHostPort(hostPort)?.host ?? hostPort)],
  ['stripDomain', onText(stripDomain)],
  ['parseDuration', fixed([STRING], (args) => goFloat(parseDurationSeconds(textArg(args, 0))))],
  ['urlQueryEscape', onText(escapeQuery)],
  ...NUMBER_FUNCTIONS,
];

/** Those whose result depends on the expansion. */
export function contextFunctions(context: RuleFunctionContext): ReadonlyMap<string, GoFunction> {
  return new Map([
    ['query', fixed([STRING], (args) => queryResult(context.query(textArg(args, 0))))],
    ['now', fixed([], () => goFloat(context.timestampMs / 1000))],
    ['externalURL', fixed([], () => goString(context.externalUrl))],
    ['pathPrefix', fixed([], () => goString(pathOf(context.externalUrl)))],
  ]);
}

/** All functions; those of the original win over those added. */
export const RULE_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ...VMALERT_FUNCTIONS,
  ...FIXED_FUNCTIONS,
  ...contextFunctions(NOTHING),
]);
