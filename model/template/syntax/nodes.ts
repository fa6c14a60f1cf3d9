/** The tree of a template, as Go's text/template/parse has it. */

/** Where a node stands: needed for the place in messages. */
export interface Source {
  /** Name of the text that was parsed, which may define several templates. */
  readonly parseName: string;
  readonly text: string;
}

interface At {
  /** Offset in the source's text. */
  readonly at: number;
  /** Undefined for what the HTML escaper inserted. */
  readonly source: Source | undefined;
}

export interface TextNode extends At {
  readonly kind: 'text';
  readonly text: string;
}

export interface ActionNode extends At {
  readonly kind: 'action';
  readonly line: number;
  readonly pipe: PipeNode;
}

export interface PipeNode extends At {
  readonly kind: 'pipe';
  readonly line: number;
  /** `=` rather than `:=`. */
  readonly isAssign: boolean;
  readonly declarations: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

export interface CommandNode extends At {
  readonly kind: 'command';
  readonly args: readonly ArgNode[];
}

export interface IdentifierNode extends At {
  readonly kind: 'identifier';
  readonly name: string;
}

export interface VariableNode extends At {
  readonly kind: 'variable';
  /** The variable's name with its `$`, then fields. */
  readonly path: readonly string[];
}

export interface FieldNode extends At {
  readonly kind: 'field';
  readonly path: readonly string[];
}

export interface ChainNode extends At {
  readonly kind: 'chain';
  readonly base: ArgNode;
  readonly path: readonly string[];
}

export interface DotNode extends At {
  readonly kind: 'dot';
}

export interface NilNode extends At {
  readonly kind: 'nil';
}

export interface BoolNode extends At {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface StringNode extends At {
  readonly kind: 'string';
  readonly quoted: string;
  readonly value: string;
}

/** A constant under all the types that can hold it. */
export interface NumberNode extends At {
  readonly kind: 'number';
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
}

export type ArgNode =
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | DotNode
  | NilNode
  | BoolNode
  | StringNode
  | NumberNode
  | PipeNode;

export interface ListNode extends At {
  readonly kind: 'list';
  readonly nodes: readonly BodyNode[];
}

export interface BranchNode extends At {
  readonly kind: 'if' | 'range' | 'with';
  readonly line: number;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

export interface TemplateNode extends At {
  readonly kind: 'template';
  readonly line: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface LoopExitNode extends At {
  readonly kind: 'break' | 'continue';
  readonly line: number;
}

export type BodyNode = TextNode | ActionNode | BranchNode | TemplateNode | LoopExitNode;

export type AnyNode = BodyNode | ArgNode | CommandNode | ListNode;

/** One template of a set. */
export interface Tree {
  readonly name: string;
  readonly source: Source;
  readonly root: ListNode;
}

/** Whether there is nothing in a template but space: such a one does not replace another. */
export function isEmptyTree(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
