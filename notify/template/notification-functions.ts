/** The functions of notification templates: prometheus/alertmanager `template/template.go`. */
import { fixed, textArg, textsArg, variadic } from '../../model/template/functions/define.ts';
import { HUMANIZE_DURATION_FUNCTION } from '../../model/template/functions/numbers.ts';
import {
  LOWER_FUNCTION,
  MATCH_FUNCTION,
  REPLACE_ALL_FUNCTION,
  titleCase,
  UPPER_FUNCTION,
} from '../../model/template/functions/text-functions.ts';
import { goHtml, goUrl } from '../../model/template/html/content.ts';
import { FunctionError } from '../../model/template/template-error.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import {
  ANY,
  ANYS,
  type GoFunction,
  STRING,
  STRINGS,
} from '../../model/template/value/go-types.ts';
import {
  type GoValue,
  goList,
  goMap,
  goString,
  goStrings,
  type Maybe,
} from '../../model/template/value/go-values.ts';
import { findZone, localZone, UTC_ZONE } from '../../model/template/value/go-zone.ts';
import { toGoJson } from '../../model/template/value/json.ts';
import { formatTime } from '../../model/template/value/time-layout.ts';
import { parseTime } from '../../model/template/value/time-parse.ts';
import { goDuration, goTime, instantOf, TIME } from '../../model/template/value/time-types.ts';
import { decodeBase64, encodeBase64, unescapeQuery } from './encoding.ts';

type Args = readonly Maybe<GoValue>[];

function onText(convert: (text: string) => string): GoFunction {
  return fixed([STRING], (args) => goString(convert(textArg(args, 0))));
}

function inZone(args: Args): GoValue {
  const name = textArg(args, 0);
  const zone = findZone(name);
  if (zone === undefined) throw new FunctionError(`unknown time zone ${name}`);
  return goTime(instantOf(args[1]).in(zone));
}

function parsed(args: Args): GoValue {
  return goTime(parseTime(textArg(args, 0), textArg(args, 1), UTC_ZONE));
}

/** The zero time for a text that is no time. */
function parsedOrZero(args: Args): GoValue {
  try {
    return parsed(args);
  } catch (error) {
    if (error instanceof FunctionError) return goTime(GoInstant.ZERO);
    throw error;
  }
}

function dictionary(args: Args): GoValue {
  if (args.length % 2 !== 0) {
    throw new FunctionError('dict requires an even number of arguments');
  }
  const entries: [string, Maybe<GoValue>][] = [];
  for (let at = 0; at < args.length; at += 2) {
    const key = args[at];
    if (key?.kind !== 'string' || key.type.name !== STRING.name) {
      throw new FunctionError('dict keys must be strings');
    }
    entries.push([key.value, args[at + 1]]);
  }
  return goMap(entries);
}

/** Go's `strings.TrimSpace`. */
function trimSpace(text: string): string {
  return text.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, '');
}

/** A clock's time, for `now` and `since`. */
export function clockFunctions(now: () => number): ReadonlyMap<string, GoFunction> {
  const instant = () => GoInstant.fromMs(now(), localZone());
  return new Map([
    ['now', fixed([], () => goTime(instant()))],
    [
      'since',
      fixed([TIME], ([time]) => goDuration(instant().unixNanos - instantOf(time).unixNanos)),
    ],
  ]);
}

/** All functions; `routeLabels`, `now` and `since` get their bodies where they are used. */
export const NOTIFICATION_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ['toUpper', UPPER_FUNCTION],
  ['toLower', LOWER_FUNCTION],
  ['title', fixed([STRING], (args) => goString(titleCase(args, 'lower')))],
  ['trimSpace', onText(trimSpace)],
  ['join', fixed([STRING, STRINGS], (args) => goString(textsArg(args, 1).join(textArg(args, 0))))],
  ['match', MATCH_FUNCTION],
  ['safeHtml', fixed([STRING], (args) => goHtml(textArg(args, 0)))],
  ['safeUrl', fixed([STRING], (args) => goUrl(textArg(args, 0)))],
  ['urlUnescape', onText(unescapeQuery)],
  ['reReplaceAll', REPLACE_ALL_FUNCTION],
  ['stringSlice', variadic([STRING], (args) => goStrings(args.map((_, i) => textArg(args, i))))],
  ['routeLabels', onText(() => '')],
  [
    'date',
    fixed([STRING, TIME], (args) => goString(formatTime(instantOf(args[1]), textArg(args, 0)))),
  ],
  ['tz', fixed([STRING, TIME], inZone)],
  ['humanizeDuration', HUMANIZE_DURATION_FUNCTION],
  ['toDate', fixed([STRING, STRING], parsedOrZero)],
  ['mustToDate', fixed([STRING, STRING], parsed)],
  ['toJson', fixed([ANY], ([value]) => goString(toGoJson(value)))],
  ['base64encode', onText(encodeBase64)],
  ['base64decode', onText(decodeBase64)],
  ['list', variadic([ANY], (args) => goList([...args]))],
  [
    'append',
    variadic([ANYS, ANY], ([list, ...added]) =>
      goList([...(list?.kind === 'slice' ? list.items : []), ...added]),
    ),
  ],
  ['dict', variadic([ANY], dictionary)],
  ...clockFunctions(() => 0),
]);
