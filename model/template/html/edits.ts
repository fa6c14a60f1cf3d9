/** Changes to nodes that make templates safe, kept apart until all of them are known. */
import type {
  ActionNode,
  BodyNode,
  ListNode,
  TemplateNode,
  TextNode,
  Tree,
} from '../syntax/nodes.ts';
import type { EscaperName } from './escape-functions.ts';
import { withEscapers } from './rewrite-pipeline.ts';

export class Edits {
  readonly #escapers = new Map<ActionNode, readonly EscaperName[]>();
  readonly #callees = new Map<TemplateNode, string>();
  readonly #texts = new Map<TextNode, string>();

  setEscapers(node: ActionNode, escapers: readonly EscaperName[]): void {
    this.#escapers.set(node, escapers);
  }

  setCallee(node: TemplateNode, name: string): void {
    this.#callees.set(node, name);
  }

  setText(node: TextNode, text: string): void {
    this.#texts.set(node, text);
  }

  adopt(other: Edits): void {
    for (const [node, escapers] of other.#escapers) this.#escapers.set(node, escapers);
    for (const [node, name] of other.#callees) this.#callees.set(node, name);
    for (const [node, text] of other.#texts) this.#texts.set(node, text);
  }

  /** The template with its changes. */
  apply(tree: Tree): Tree {
    return { ...tree, root: this.#list(tree.root) };
  }

  #list(list: ListNode): ListNode {
    return { ...list, nodes: list.nodes.map((node) => this.#node(node)) };
  }

  #node(node: BodyNode): BodyNode {
    switch (node.kind) {
      case 'text':
        return { ...node, text: this.#texts.get(node) ?? node.text };
      case 'action':
        return { ...node, pipe: withEscapers(node.pipe, this.#escapers.get(node) ?? []) };
      case 'template':
        return { ...node, name: this.#callees.get(node) ?? node.name };
      case 'if':
      case 'with':
      case 'range': {
        const elseList = node.elseList === undefined ? undefined : this.#list(node.elseList);
        return { ...node, list: this.#list(node.list), elseList };
      }
      case 'break':
      case 'continue':
        return node;
    }
  }
}
