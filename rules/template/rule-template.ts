/** Templates in rules: labels, annotations, consoles. */

import type { MissingKey } from '../../model/template/exec/fields.ts';
import { fixed, textArg } from '../../model/template/functions/define.ts';
import { goHtml } from '../../model/template/html/content.ts';
import { HtmlTemplateSet } from '../../model/template/html/html-template-set.ts';
import { FunctionError, TemplateError } from '../../model/template/template-error.ts';
import { TemplateSet } from '../../model/template/template-set.ts';
import { ANY, type GoFunction, STRING } from '../../model/template/value/go-types.ts';
import type { GoValue, Maybe } from '../../model/template/value/go-values.ts';
import { contextFunctions, RULE_FUNCTIONS } from './rule-functions.ts';
import type { TemplateSample } from './sample-value.ts';

export interface RuleTemplateContext {
  /** Evaluation time, which is also that of queries. */
  readonly timestampMs: number;
  readonly externalUrl: string;
  /** Answers an instant query at the evaluation time. */
  query(expr: string): Promise<readonly TemplateSample[]>;
}

export interface RuleTemplateOptions {
  /** Default: `zero`, a missing label is the empty string. */
  readonly missingKey?: MissingKey;
  /** Escape what is printed for its place in an HTML page. */
  readonly isHtml?: boolean;
}

/** Queries that one expansion may make. */
export const TEMPLATE_QUERIES_MAX = 50;

/** Execution stops here until the answer of a query has come, and then begins again. */
class QueryPending extends Error {
  readonly expr: string;
  constructor(expr: string) {
    super(`query ${expr} is under way`);
    this.expr = expr;
  }
}

type Answer = readonly TemplateSample[] | FunctionError;

/** A template, parsed once and expanded with the data of each alert. */
export class RuleTemplate {
  readonly name: string;
  readonly #text: string;
  readonly #set: TemplateSet;
  readonly #isHtml: boolean;

  /** @throws TemplateError `template: NAME:LINE: …` */
  constructor(name: string, text: string, options: RuleTemplateOptions = {}) {
    this.name = name;
    this.#text = text;
    this.#isHtml = options.isHtml === true;
    const functions = this.#isHtml ? HTML_FUNCTIONS : RULE_FUNCTIONS;
    this.#set = new TemplateSet({ functions, missingKey: options.missingKey ?? 'zero' });
    this.#set.parse(name, text);
  }

  /** @throws TemplateError `error executing template NAME: …` */
  async expand(data: Maybe<GoValue>, context: RuleTemplateContext): Promise<string> {
    if (!this.#text.includes('{{')) return this.#text;
    const answers = new Map<string, Answer>();
    for (;;) {
      try {
        return this.#run(data, context, answers);
      } catch (error) {
        if (error instanceof QueryPending) {
          answers.set(error.expr, await answer(error.expr, context));
        } else if (error instanceof TemplateError) {
          throw new TemplateError(`error executing template ${this.name}: ${error.message}`, {
            cause: error,
          });
        } else throw error;
      }
    }
  }

  #run(
    data: Maybe<GoValue>,
    context: RuleTemplateContext,
    answers: ReadonlyMap<string, Answer>,
  ): string {
    const functions = contextFunctions({
      timestampMs: context.timestampMs,
      externalUrl: context.externalUrl,
      query: (expr) => answered(expr, answers),
    });
    if (!this.#isHtml) return this.#set.execute(this.name, data, { functions });
    const html = new HtmlTemplateSet(this.#set);
    const own = new Map([...functions, ['tmpl', nestedTemplate(html, functions)]]);
    return html.execute(this.name, data, { functions: own });
  }
}

function answered(expr: string, answers: ReadonlyMap<string, Answer>): readonly TemplateSample[] {
  const known = answers.get(expr);
  if (known instanceof FunctionError) throw known;
  if (known !== undefined) return known;
  if (answers.size >= TEMPLATE_QUERIES_MAX) {
    throw new FunctionError(`more than ${TEMPLATE_QUERIES_MAX} queries in one template`);
  }
  throw new QueryPending(expr);
}

async function answer(expr: string, context: RuleTemplateContext): Promise<Answer> {
  try {
    return await context.query(expr);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return new FunctionError(text, { cause: error });
  }
}

/** `tmpl "name" data`: the output of a template whose name is computed. */
function nestedTemplate(
  html: HtmlTemplateSet,
  functions: ReadonlyMap<string, GoFunction>,
): GoFunction {
  let depth = 0;
  const own: GoFunction = fixed([STRING, ANY], (args) => {
    if (depth >= NESTED_DEPTH_MAX) throw new FunctionError('templates are nested too deep');
    depth++;
    try {
      const all = new Map([...functions, ['tmpl', own]]);
      return goHtml(html.execute(textArg(args, 0), args[1], { functions: all }));
    } catch (error) {
      if (error instanceof TemplateError) throw new FunctionError(error.message, { cause: error });
      throw error;
    } finally {
      depth--;
    }
  });
  return own;
}

const NESTED_DEPTH_MAX = 20;

/** Pages know `tmpl` too; its body is that of the expansion. */
const HTML_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ...RULE_FUNCTIONS,
  ['tmpl', fixed([STRING, ANY], () => goHtml(''))],
]);
