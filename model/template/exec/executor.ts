/** Walks a template's tree and writes its output. */
import { compareUtf8, quoteGo } from '../../labels.ts';
import { valueText } from '../format/printer.ts';
import type { TemplateLimits } from '../limits.ts';
import { nodeText } from '../syntax/node-text.ts';
import type {
  AnyNode,
  BodyNode,
  BranchNode,
  ListNode,
  TemplateNode,
  TextNode,
  Tree,
} from '../syntax/nodes.ts';
import { LimitError } from '../template-error.ts';
import {
  type GoValue,
  goInt,
  goString,
  indirect,
  inSlot,
  isTrue,
  type Maybe,
} from '../value/go-values.ts';
import { Budget } from './budget.ts';
import type { FunctionMap } from './builtins.ts';
import { Evaluator } from './evaluator.ts';
import type { MissingKey } from './fields.ts';
import { Frame } from './frame.ts';
import { printableValue } from './printable.ts';

export interface ExecutionOptions {
  readonly functions: FunctionMap;
  readonly missingKey: MissingKey;
  readonly limits: TemplateLimits;
  findTemplate(name: string): Tree | undefined;
}

/** Why a list was left before its end. */
type Exit = 'break' | 'continue' | undefined;

/** @throws TemplateError */
export function execute(tree: Tree, data: Maybe<GoValue>, options: ExecutionOptions): string {
  const executor = new Executor(options);
  executor.run(new Frame(tree, data, 0), data);
  return executor.output;
}

class Executor {
  readonly #options: ExecutionOptions;
  readonly #budget: Budget;
  readonly #evaluator: Evaluator;
  #output = '';

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.#budget = new Budget(options.limits);
    this.#evaluator = new Evaluator(options.functions, options.missingKey, this.#budget);
  }

  get output(): string {
    return this.#output;
  }

  run(frame: Frame, dot: Maybe<GoValue>): void {
    this.#list(frame, dot, frame.tree.root);
  }

  #list(frame: Frame, dot: Maybe<GoValue>, list: ListNode): Exit {
    frame.at(list);
    for (const node of list.nodes) {
      const exit = this.#walk(frame, dot, node);
      if (exit !== undefined) return exit;
    }
    return undefined;
  }

  #walk(frame: Frame, dot: Maybe<GoValue>, node: BodyNode): Exit {
    frame.at(node);
    switch (node.kind) {
      case 'text':
        this.#write(frame, (node satisfies TextNode).text);
        return undefined;
      case 'action': {
        const value = this.#evaluator.pipeline(frame, dot, node.pipe);
        if (node.pipe.declarations.length === 0) this.#print(frame, node, value);
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#ifOrWith(frame, dot, node);
      case 'range':
        return this.#range(frame, dot, node);
      case 'template':
        this.#template(frame, dot, node);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #ifOrWith(frame: Frame, dot: Maybe<GoValue>, node: BranchNode): Exit {
    const mark = frame.variableCount;
    const value = this.#evaluator.pipeline(frame, dot, node.pipe);
    let exit: Exit;
    if (isTrue(value)) exit = this.#list(frame, node.kind === 'with' ? value : dot, node.list);
    else if (node.elseList !== undefined) exit = this.#list(frame, dot, node.elseList);
    frame.dropVariables(mark);
    return exit;
  }

  #range(frame: Frame, dot: Maybe<GoValue>, node: BranchNode): Exit {
    const outer = frame.variableCount;
    const { value } = indirect(this.#evaluator.pipeline(frame, dot, node.pipe));
    const mark = frame.variableCount;
    let isEmpty = true;
    for (const [index, element] of this.#elements(frame, node, value)) {
      isEmpty = false;
      this.#setLoopVariables(frame, node, index, element);
      const exit = this.#list(frame, element, node.list);
      frame.dropVariables(mark);
      this.#spend(frame, () => this.#budget.step());
      if (exit === 'break') break;
    }
    let exit: Exit;
    if (isEmpty && node.elseList !== undefined) exit = this.#list(frame, dot, node.elseList);
    frame.dropVariables(outer);
    // A break in the else branch has no loop of its own to end; Go lets it end this one.
    return exit === 'break' ? undefined : exit;
  }

  *#elements(
    frame: Frame,
    node: BranchNode,
    value: Maybe<GoValue>,
  ): Generator<[Maybe<GoValue>, Maybe<GoValue>]> {
    switch (value?.kind) {
      case undefined:
        return;
      case 'int':
      case 'uint':
        if (node.pipe.declarations.length > 1) {
          frame.fail(`can't use ${valueText(value)} to iterate over more than one variable`);
        }
        for (let at = 0n; at < value.value; at++) yield [undefined, { ...value, value: at }];
        return;
      case 'slice':
        for (const [index, item] of value.items.entries()) {
          yield [goInt(index), slot(value, item)];
        }
        return;
      case 'map':
        for (const key of [...value.entries.keys()].sort(compareUtf8)) {
          yield [goString(key), slot(value, value.entries.get(key))];
        }
        return;
      default:
        frame.fail(`range can't iterate over ${valueText(value)}`);
    }
  }

  #setLoopVariables(
    frame: Frame,
    { pipe }: BranchNode,
    index: Maybe<GoValue>,
    element: Maybe<GoValue>,
  ): void {
    const [first, second] = pipe.declarations.map(({ path }) => path[0] as string);
    if (first === undefined) return;
    if (pipe.isAssign) {
      frame.assign(first, second === undefined ? element : index);
      if (second !== undefined) frame.assign(second, element);
      return;
    }
    frame.assignFromTop(1, element);
    if (second !== undefined) frame.assignFromTop(2, index);
  }

  #template(frame: Frame, dot: Maybe<GoValue>, node: TemplateNode): void {
    const tree = this.#options.findTemplate(node.name);
    if (tree === undefined) return frame.fail(`template ${quoteGo(node.name)} not defined`);
    const { depthMax } = this.#options.limits;
    if (frame.depth >= depthMax) frame.fail(`exceeded maximum template depth (${depthMax})`);
    const data =
      node.pipe === undefined ? undefined : this.#evaluator.pipeline(frame, dot, node.pipe);
    this.run(new Frame(tree, data, frame.depth + 1, frame.node), data);
  }

  #print(frame: Frame, node: AnyNode, value: Maybe<GoValue>): void {
    frame.at(node);
    const shown = printableValue(value);
    if (shown === undefined) {
      frame.fail(`can't print ${nodeText(node)} of type ${value?.type.name ?? '<nil>'}`);
    }
    this.#write(frame, valueText(shown));
  }

  #write(frame: Frame, text: string): void {
    this.#spend(frame, () => this.#budget.write(text));
    this.#output += text;
  }

  #spend(frame: Frame, spend: () => void): void {
    try {
      spend();
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      frame.fail(error.message, error);
    }
  }
}

/** An element as its collection's type holds it; ranging sees what lies in an interface. */
function slot(collection: GoValue, item: Maybe<GoValue>): Maybe<GoValue> {
  const { element } = collection.type;
  return element === undefined ? item : inSlot(element, item);
}
