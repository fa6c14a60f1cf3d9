/**
 * Makes the templates of a set safe: follows the context through text, branches and calls, and
 * decides for every action which escapers it needs (Go's html/template `escaper`).
 */
import { quoteGo } from '../../labels.ts';
import { placeOf } from '../syntax/node-text.ts';
import type {
  AnyNode,
  BodyNode,
  BranchNode,
  ListNode,
  TemplateNode,
  Tree,
} from '../syntax/nodes.ts';
import { TemplateError } from '../template-error.ts';
import {
  type Context,
  DEAD_CONTEXT,
  describeContext,
  errorContext,
  isSameContext,
  nameInContext,
  nudge,
  TEXT_CONTEXT,
} from './context.ts';
import { Edits } from './edits.ts';
import { escapeAction } from './escape-action.ts';
import { escapeTextNode } from './escape-text-node.ts';

/** Nodes looked at; nested ranges are looked at twice on each level. */
export const ESCAPE_STEPS_MAX = 200_000;

/** Contexts at the `break`s and `continue`s of a loop. */
interface Loop {
  readonly exits: { readonly context: Context; readonly node: BodyNode }[];
}

/** What was found out so far; a guess keeps its own until it is known to hold. */
class Findings {
  readonly outputs: Map<string, Context>;
  readonly derived = new Map<string, Tree>();
  readonly called = new Set<string>();
  readonly edits = new Edits();

  constructor(outputs: ReadonlyMap<string, Context> = new Map()) {
    this.outputs = new Map(outputs);
  }

  adopt(other: Findings): void {
    for (const [name, context] of other.outputs) this.outputs.set(name, context);
    for (const [name, tree] of other.derived) this.derived.set(name, tree);
    for (const name of other.called) this.called.add(name);
    this.edits.adopt(other.edits);
  }
}

export class Escaper {
  readonly #find: (name: string) => Tree | undefined;
  readonly #safe = new Map<string, Tree>();
  readonly #outputs = new Map<string, Context>();
  #findings = new Findings();
  #loops: Loop[] = [];
  #tree: Tree | undefined;
  #steps = 0;

  /** @param find the templates as they were written */
  constructor(find: (name: string) => Tree | undefined) {
    this.#find = find;
  }

  /** A template that was made safe, by its name in its context. */
  safeTree(name: string): Tree | undefined {
    return this.#safe.get(name);
  }

  /** Makes a template and all it calls safe. @throws TemplateError `html/template:…` */
  escape(name: string): void {
    if (this.#outputs.has(name)) return;
    this.#findings = new Findings(this.#outputs);
    this.#steps = 0;
    const { context } = this.#called(TEXT_CONTEXT, name, undefined);
    if (context.error !== undefined) throw new TemplateError(problemText(name, context));
    if (context.state !== 'Text') {
      const shown = describeContext(context);
      throw new TemplateError(`html/template:${name}: ends in a non-text context: ${shown}`);
    }
    this.#commit();
  }

  #commit(): void {
    const { outputs, derived, edits } = this.#findings;
    for (const [name, context] of outputs) {
      if (this.#outputs.has(name)) continue;
      const tree = derived.get(name) ?? this.#find(name);
      if (tree === undefined) continue;
      this.#outputs.set(name, context);
      this.#safe.set(name, edits.apply(tree));
    }
  }

  #node(c: Context, node: BodyNode): Context {
    this.#steps++;
    if (this.#steps > ESCAPE_STEPS_MAX) {
      throw new TemplateError('html/template: the template is too large to be made safe');
    }
    switch (node.kind) {
      case 'text': {
        const { context, text } = escapeTextNode(c, node.text);
        if (text !== node.text) this.#findings.edits.setText(node, text);
        return context;
      }
      case 'action': {
        if (node.pipe.declarations.length > 0) return c;
        const { context, escapers } = escapeAction(c, node, this.#source());
        this.#findings.edits.setEscapers(node, escapers);
        return context;
      }
      case 'if':
      case 'with':
        return this.#branches(c, this.#list(c, node.list), node);
      case 'range':
        return this.#range(c, node);
      case 'template':
        return this.#call(c, node);
      case 'break':
      case 'continue':
        this.#loops.at(-1)?.exits.push({ context: c, node });
        return DEAD_CONTEXT;
    }
  }

  #source() {
    return this.#tree?.source ?? { parseName: '', text: '' };
  }

  #list(start: Context, list: ListNode | undefined): Context {
    let c = start;
    for (const node of list?.nodes ?? []) {
      c = this.#node(c, node);
      if (c.state === 'Dead') break;
    }
    return c;
  }

  #branches(c: Context, taken: Context, node: BranchNode): Context {
    return this.#join(taken, this.#list(c, node.elseList), node, node.kind);
  }

  /** A loop's body must lead from where it ends to the same place again. */
  #range(c: Context, node: BranchNode): Context {
    const once = this.#loopBody(c, node);
    if (once.state === 'Error') return once;
    const before = this.#findings;
    this.#findings = new Findings(before.outputs);
    this.#loops.push({ exits: [] });
    const again = this.#list(once, node.list);
    this.#findings = before;
    let joined = this.#join(once, again, node, 'range');
    if (joined.error !== undefined) {
      this.#loops.pop();
      return atLine(joined, node.line, 'on range loop re-entry: ');
    }
    joined = this.#joinExits(joined);
    return joined.state === 'Error' ? joined : this.#branches(c, joined, node);
  }

  #loopBody(c: Context, node: BranchNode): Context {
    this.#loops.push({ exits: [] });
    const end = this.#list(c, node.list);
    if (end.state !== 'Error') return this.#joinExits(end);
    this.#loops.pop();
    return end;
  }

  /** The loop ends, or begins again, with the context of each `break` and `continue` as well. */
  #joinExits(end: Context): Context {
    let c = end;
    for (const exit of this.#loops.pop()?.exits ?? []) {
      c = this.#join(c, exit.context, exit.node, 'range');
      if (c.state === 'Error' && 'line' in exit.node) {
        return atLine(c, exit.node.line, `at range loop ${exit.node.kind}: `);
      }
    }
    return c;
  }

  #join(a: Context, b: Context, node: AnyNode, keyword: string): Context {
    if (a.state === 'Error') return a;
    if (b.state === 'Error') return b;
    if (a.state === 'Dead') return b;
    if (b.state === 'Dead' || isSameContext(a, b)) return a;
    if (isSameContext({ ...a, urlPart: b.urlPart }, b)) return { ...a, urlPart: 'Unknown' };
    if (isSameContext({ ...a, jsContext: b.jsContext }, b)) return { ...a, jsContext: 'Unknown' };
    // `title={{if .C}}{{.}}{{end}}` ends within a value though its else branch ends before one.
    const [nudgedA, nudgedB] = [nudge(a), nudge(b)];
    if (!(isSameContext(nudgedA, a) && isSameContext(nudgedB, b))) {
      const joined = this.#join(nudgedA, nudgedB, node, keyword);
      if (joined.state !== 'Error') return joined;
    }
    const shown = `${describeContext(a)}, ${describeContext(b)}`;
    return errorContext(
      `{{${keyword}}} branches end in different contexts: ${shown}`,
      placeOf(node, this.#source()),
    );
  }

  #call(c: Context, node: TemplateNode): Context {
    const { context, name } = this.#called(c, node.name, node);
    if (name !== node.name) this.#findings.edits.setCallee(node, name);
    return context;
  }

  /** A template called in a context: the context after it, and its name in that context. */
  #called(
    c: Context,
    name: string,
    node: TemplateNode | undefined,
  ): { context: Context; name: string } {
    const nameHere = nameInContext(name, c);
    this.#findings.called.add(nameHere);
    const known = this.#findings.outputs.get(nameHere);
    if (known !== undefined) return { context: known, name: nameHere };
    const written = this.#find(name);
    if (written === undefined) {
      const place = node === undefined ? undefined : placeOf(node, this.#source());
      const message = `no such template ${quoteGo(name)}`;
      return { context: errorContext(message, place, node?.line), name: nameHere };
    }
    const tree = nameHere === name ? written : this.#derive(written, nameHere);
    return { context: this.#outputOf(c, tree), name: nameHere };
  }

  #derive(written: Tree, name: string): Tree {
    const known = this.#findings.derived.get(name);
    if (known !== undefined) return known;
    const tree: Tree = { ...written, name, root: copyList(written.root) };
    this.#findings.derived.set(name, tree);
    return tree;
  }

  #outputOf(c: Context, tree: Tree): Context {
    const first = this.#body(c, tree);
    if (first.holds) return first.context;
    // A recursive template: take its output for the assumption, and see whether that holds.
    const second = this.#body(first.context, tree);
    if (second.holds) return second.context;
    if (first.context.state === 'Error') return second.context;
    return errorContext(
      `cannot compute output context for template ${tree.name}`,
      placeOf(tree.root, tree.source),
    );
  }

  /** @param start also taken for the context after the template, by calls within itself */
  #body(start: Context, tree: Tree): { context: Context; holds: boolean } {
    const outer = this.#findings;
    const outerTree = this.#tree;
    outer.outputs.set(tree.name, start);
    const own = new Findings(outer.outputs);
    this.#findings = own;
    this.#tree = tree;
    const context = this.#list(start, tree.root);
    this.#findings = outer;
    this.#tree = outerTree;
    const isRecursive = own.called.has(tree.name);
    const holds = context.state !== 'Error' && (!isRecursive || isSameContext(start, context));
    if (holds) {
      outer.adopt(own);
      outer.outputs.set(tree.name, context);
    }
    return { context, holds };
  }
}

function atLine(c: Context, line: number, prefix: string): Context {
  if (c.error === undefined) return c;
  return { ...c, error: { ...c.error, line, message: prefix + c.error.message } };
}

function problemText(name: string, { error }: Context): string {
  if (error?.place !== undefined) return `html/template:${error.place}: ${error.message}`;
  const line = error !== undefined && error.line !== 0 ? `${error.line}:` : '';
  return `html/template:${name}:${line} ${error?.message ?? ''}`;
}

/** Nodes of a template that is called in several contexts are changed for each by itself. */
function copyList(list: ListNode): ListNode {
  return { ...list, nodes: list.nodes.map(copyNode) };
}

function copyNode(node: BodyNode): BodyNode {
  if (node.kind !== 'if' && node.kind !== 'with' && node.kind !== 'range') return { ...node };
  const elseList = node.elseList === undefined ? undefined : copyList(node.elseList);
  return { ...node, list: copyList(node.list), elseList };
}
