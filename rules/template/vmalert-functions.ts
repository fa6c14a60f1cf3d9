/** Functions of vmalert's templates that Prometheus lacks, so that its rules move here unchanged. */
import { DurationError, parseDurationMs } from '../../model/duration.ts';
import { escapeHtml, escapeQuery } from '../../model/template/exec/text-escape.ts';
import { fixed, textArg } from '../../model/template/functions/define.ts';
import { FunctionError } from '../../model/template/template-error.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import { FLOAT64, type GoFunction, STRING } from '../../model/template/value/go-types.ts';
import { goString } from '../../model/template/value/go-values.ts';
import { toGoJson } from '../../model/template/value/json.ts';
import { formatTime } from '../../model/template/value/time-layout.ts';
import { goDuration } from '../../model/template/value/time-types.ts';

function onText(convert: (text: string) => string): GoFunction {
  return fixed([STRING], (args) => goString(convert(textArg(args, 0))));
}

function parseDurationNanos(text: string): bigint {
  try {
    return BigInt(parseDurationMs(text)) * 1_000_000n;
  } catch (error) {
    if (error instanceof DurationError) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
}

const MILLISECONDS_MAX = 8.64e15;

export const VMALERT_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ['htmlEscape', onText(escapeHtml)],
  ['jsonEscape', onText((text) => toGoJson(goString(text)))],
  ['quotesEscape', onText((text) => toGoJson(goString(text)).slice(1, -1))],
  ['pathEscape', onText((text) => escapeQuery(text).replaceAll('+', '%20'))],
  ['queryEscape', onText(escapeQuery)],
  [
    'parseDurationTime',
    fixed([STRING], (args) => goDuration(parseDurationNanos(textArg(args, 0)))),
  ],
  [
    'formatTime',
    fixed([STRING, FLOAT64], (args) => {
      const seconds = args[1]?.kind === 'float' ? args[1].value : Number.NaN;
      if (!(Math.abs(seconds * 1000) <= MILLISECONDS_MAX)) {
        throw new FunctionError('value is no time');
      }
      return goString(formatTime(GoInstant.fromMs(seconds * 1000), textArg(args, 0)));
    }),
  ],
]);
