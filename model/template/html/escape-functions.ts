/** The escapers that are put at the end of pipelines, by the names Go gives them. */

import { sprint } from '../format/printer.ts';
import { type Args, variadic } from '../functions/define.ts';
import { ANY, type GoFunction } from '../value/go-types.ts';
import { goString } from '../value/go-values.ts';
import { printed } from './content.ts';
import { escapeCss, filterCssValue } from './css-text.ts';
import {
  escapeAttribute,
  escapeRcdata,
  escapeText,
  escapeUnquoted,
  filterName,
} from './html-text.ts';
import { escapeJsRegexp, escapeJsString, escapeJsTemplate, escapeJsValue } from './js-text.ts';
import { escapeUrl, filterSrcset, filterUrl, normalizeUrl } from './url-text.ts';

const PREFIX = '_html_template_';

const ESCAPERS = {
  attrescaper: escapeAttribute,
  commentescaper: () => '',
  cssescaper: escapeCss,
  cssvaluefilter: filterCssValue,
  htmlnamefilter: filterName,
  htmlescaper: escapeText,
  jsregexpescaper: escapeJsRegexp,
  jsstrescaper: escapeJsString,
  jstmpllitescaper: escapeJsTemplate,
  jsvalescaper: escapeJsValue,
  nospaceescaper: escapeUnquoted,
  rcdataescaper: escapeRcdata,
  srcsetescaper: filterSrcset,
  urlescaper: escapeUrl,
  urlfilter: filterUrl,
  urlnormalizer: normalizeUrl,
} as const satisfies Readonly<Record<string, (args: Args) => string>>;

export type EscaperName = keyof typeof ESCAPERS;

export function escaperFunctionName(name: EscaperName): string {
  return PREFIX + name;
}

/** Arguments of a user's `html` or `urlquery` as one text, so that it can be merged with ours. */
export const EVAL_ARGS = '_eval_args_';

export const ESCAPE_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ...Object.entries(ESCAPERS).map(
    ([name, escape]: [string, (args: Args) => string]) =>
      [PREFIX + name, variadic([ANY], (args) => goString(escape(args)))] as const,
  ),
  [EVAL_ARGS, variadic([ANY], (args) => goString(sprint(args.map(printed))))],
]);
