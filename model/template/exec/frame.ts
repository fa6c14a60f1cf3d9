/** One template being executed: its variables, and the node that messages point at. */
import { quoteGo } from '../../labels.ts';
import { nodeText, placeOf } from '../syntax/node-text.ts';
import type { AnyNode, Tree } from '../syntax/nodes.ts';
import { TemplateError } from '../template-error.ts';
import type { GoValue, Maybe } from '../value/go-values.ts';

interface Variable {
  readonly name: string;
  value: Maybe<GoValue>;
}

export class Frame {
  readonly tree: Tree;
  /** How deep `{{template}}` calls are nested here. */
  readonly depth: number;
  #node: AnyNode | undefined;
  readonly #variables: Variable[];

  constructor(tree: Tree, dot: Maybe<GoValue>, depth: number, node?: AnyNode) {
    this.tree = tree;
    this.depth = depth;
    this.#node = node;
    this.#variables = [{ name: '$', value: dot }];
  }

  /** Marks the node that is being evaluated, for messages. */
  at(node: AnyNode): void {
    this.#node = node;
  }

  get node(): AnyNode | undefined {
    return this.#node;
  }

  /** @throws TemplateError always: `template: PLACE: executing "NAME" at <NODE>: …` */
  fail(message: string, cause?: unknown): never {
    const options = cause === undefined ? undefined : { cause };
    if (this.#node === undefined) {
      throw new TemplateError(`template: ${this.tree.name}: ${message}`, options);
    }
    const place = placeOf(this.#node, this.tree.source);
    const what = `executing ${quoteGo(this.tree.name)} at <${nodeText(this.#node)}>`;
    throw new TemplateError(`template: ${place}: ${what}: ${message}`, options);
  }

  get variableCount(): number {
    return this.#variables.length;
  }

  dropVariables(count: number): void {
    this.#variables.length = count;
  }

  declare(name: string, value: Maybe<GoValue>): void {
    this.#variables.push({ name, value });
  }

  assign(name: string, value: Maybe<GoValue>): void {
    this.#find(name).value = value;
  }

  /** Sets the variable declared `back` places from the last one, which is 1. */
  assignFromTop(back: number, value: Maybe<GoValue>): void {
    const variable = this.#variables.at(-back);
    if (variable !== undefined) variable.value = value;
  }

  variable(name: string): Maybe<GoValue> {
    return this.#find(name).value;
  }

  #find(name: string): Variable {
    const found = this.#variables.findLast((variable) => variable.name === name);
    return found ?? this.fail(`undefined variable: ${name}`);
  }
}
