/** A set of templates that call one another by name, as Go's text/template has it. */
import { quoteGo } from '../labels.ts';
import { BUILTINS, type FunctionMap } from './exec/builtins.ts';
import { execute } from './exec/executor.ts';
import type { MissingKey } from './exec/fields.ts';
import { DEFAULT_TEMPLATE_LIMITS, type TemplateLimits } from './limits.ts';
import { isEmptyTree, type Tree } from './syntax/nodes.ts';
import { parseTemplates } from './syntax/parser.ts';
import { TemplateError } from './template-error.ts';
import type { GoValue, Maybe } from './value/go-values.ts';

export interface TemplateSetOptions {
  /** Take precedence over built-in functions of the same name. */
  readonly functions: FunctionMap;
  /** Default: `default`. */
  readonly missingKey?: MissingKey;
  readonly limits?: TemplateLimits;
}

export interface ExecuteOptions {
  /** Of those the set was made with, other bodies: with the data or the clock of this execution. */
  readonly functions?: FunctionMap;
  readonly limits?: TemplateLimits;
}

export class TemplateSet {
  readonly functions: FunctionMap;
  readonly missingKey: MissingKey;
  readonly limits: TemplateLimits;
  readonly #trees: Map<string, Tree>;

  constructor(options: TemplateSetOptions, trees: ReadonlyMap<string, Tree> = new Map()) {
    this.functions = options.functions;
    this.missingKey = options.missingKey ?? 'default';
    this.limits = options.limits ?? DEFAULT_TEMPLATE_LIMITS;
    this.#trees = new Map(trees);
  }

  /**
   * Adds the templates of a text; one that is defined again replaces the former, unless it is
   * empty.
   * @throws TemplateError and leaves the set as it was
   */
  parse(name: string, text: string): void {
    const parsed = parseTemplates(name, text, (fn) => this.functions.has(fn) || BUILTINS.has(fn));
    for (const [defined, tree] of parsed) {
      if (!this.#trees.has(defined) || !isEmptyTree(tree.root)) this.#trees.set(defined, tree);
    }
  }

  /** Takes a template out of the set. */
  forget(name: string): void {
    this.#trees.delete(name);
  }

  /** An equal set that changes on its own. */
  clone(): TemplateSet {
    const { functions, missingKey, limits } = this;
    return new TemplateSet({ functions, missingKey, limits }, this.#trees);
  }

  find(name: string): Tree | undefined {
    return this.#trees.get(name);
  }

  get names(): readonly string[] {
    return [...this.#trees.keys()];
  }

  /** @throws TemplateError */
  execute(name: string, data: Maybe<GoValue>, options: ExecuteOptions = {}): string {
    const tree = this.#trees.get(name);
    if (tree === undefined) {
      throw new TemplateError(
        `template: ${name}: ${quoteGo(name)} is an incomplete or empty template`,
      );
    }
    return execute(tree, data, {
      functions: withOverrides(this.functions, options.functions),
      missingKey: this.missingKey,
      limits: options.limits ?? this.limits,
      findTemplate: (wanted) => this.#trees.get(wanted),
    });
  }
}

/** @param overrides bodies for functions of `functions`; may be undefined */
export function withOverrides(
  functions: FunctionMap,
  overrides: FunctionMap | undefined,
): FunctionMap {
  return overrides === undefined ? functions : new Map([...functions, ...overrides]);
}
