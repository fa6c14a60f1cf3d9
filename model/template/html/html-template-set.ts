/** A set of templates whose output is HTML: what is printed is escaped for its place. */
import { quoteGo } from '../../labels.ts';
import { execute } from '../exec/executor.ts';
import { TemplateError } from '../template-error.ts';
import { type ExecuteOptions, type TemplateSet, withOverrides } from '../template-set.ts';
import type { GoValue, Maybe } from '../value/go-values.ts';
import { ESCAPE_FUNCTIONS } from './escape-functions.ts';
import { Escaper } from './escaper.ts';

export class HtmlTemplateSet {
  readonly #set: TemplateSet;
  readonly #escaper: Escaper;

  /** @param set not to be changed any more */
  constructor(set: TemplateSet) {
    this.#set = set;
    this.#escaper = new Escaper((name) => set.find(name));
  }

  /** Makes sure that a template can be executed safely. @throws TemplateError `html/template:…` */
  check(name: string): void {
    if (this.#set.find(name) === undefined) {
      throw new TemplateError(`html/template: ${quoteGo(name)} is undefined`);
    }
    this.#escaper.escape(name);
  }

  /** @throws TemplateError */
  execute(name: string, data: Maybe<GoValue>, options: ExecuteOptions = {}): string {
    this.check(name);
    const tree = this.#escaper.safeTree(name);
    if (tree === undefined) {
      throw new TemplateError(`html/template: ${quoteGo(name)} is undefined`);
    }
    const functions = withOverrides(this.#set.functions, options.functions);
    return execute(tree, data, {
      functions: new Map([...functions, ...ESCAPE_FUNCTIONS]),
      missingKey: this.#set.missingKey,
      limits: options.limits ?? this.#set.limits,
      findTemplate: (wanted) => this.#escaper.safeTree(wanted),
    });
  }
}
