/** Source to trees, with the messages of Go's text/template/parse. */
import { quoteGo } from '../../labels.ts';
import { TEMPLATE_NESTING_MAX, TEMPLATE_SOURCE_MAX } from '../limits.ts';
import { TemplateError } from '../template-error.ts';
import {
  type ActionNode,
  type BodyNode,
  type BranchNode,
  isEmptyTree,
  type ListNode,
  type LoopExitNode,
  type PipeNode,
  type Source,
  type TemplateNode,
  type Tree,
} from './nodes.ts';
import { PipelineParser } from './parse-pipeline.ts';
import type { Token } from './token.ts';
import { TokenReader } from './token-reader.ts';
import { unquoteString } from './unquote.ts';

/** What ends a list. */
interface ListEnd {
  readonly kind: 'end' | 'else';
  /** Where `if` or `with` of an `else if` begins; the list that holds it stands there. */
  readonly at: number;
}

type Node = BodyNode | ListEnd;

function isListEnd(node: Node): node is ListEnd {
  return node.kind === 'end' || node.kind === 'else';
}

/**
 * @param name of the template that is the text outside of `define`
 * @param hasFunction whether a function of the name may be called
 * @returns the templates by name: the text's own and those it defines
 * @throws TemplateError `template: NAME:LINE: …`
 */
export function parseTemplates(
  name: string,
  text: string,
  hasFunction: (name: string) => boolean,
): ReadonlyMap<string, Tree> {
  if (text.length > TEMPLATE_SOURCE_MAX) {
    throw new TemplateError(
      `template: ${name}: text is longer than ${TEMPLATE_SOURCE_MAX} characters`,
    );
  }
  const reader = new TokenReader(name, text, hasFunction);
  const trees = new Map<string, Tree>();
  new TreeParser(name, reader, trees, hasFunction).parseAll();
  return trees;
}

class TreeParser {
  readonly #name: string;
  readonly #source: Source;
  readonly #reader: TokenReader;
  readonly #trees: Map<string, Tree>;
  readonly #hasFunction: (name: string) => boolean;
  readonly #pipelines: PipelineParser;
  readonly #nesting: number;
  #rangeDepth = 0;
  #depth = 0;

  constructor(
    name: string,
    reader: TokenReader,
    trees: Map<string, Tree>,
    hasFunction: (name: string) => boolean,
    nesting = 0,
  ) {
    this.#name = name;
    this.#reader = reader;
    this.#source = reader.source;
    this.#trees = trees;
    this.#hasFunction = hasFunction;
    this.#pipelines = new PipelineParser(reader, hasFunction);
    this.#nesting = nesting;
  }

  parseAll(): void {
    const at = this.#reader.peek().at;
    const nodes: BodyNode[] = [];
    for (;;) {
      const token = this.#reader.peek();
      if (token.type === 'eof') break;
      if (token.type === 'leftDelim') {
        const delim = this.#reader.next();
        if (this.#reader.nextNonSpace().type === 'define') {
          this.#definition();
          continue;
        }
        this.#reader.backup2(delim);
      }
      const node = this.#textOrAction();
      if (isListEnd(node)) this.#reader.fail(`unexpected {{${node.kind}}}`);
      else nodes.push(node);
    }
    this.#add(this.#name, { kind: 'list', at, source: this.#source, nodes });
  }

  #definition(): void {
    const context = 'define clause';
    const token = this.#reader.nextNonSpace();
    const name = this.#templateName(token, context);
    this.#reader.expect('rightDelim', context);
    this.#nested(name).#body(name, context);
  }

  /** A parser for a template within this one: it sees no variables of this one. */
  #nested(name: string): TreeParser {
    const nesting = this.#nesting + this.#depth + 1;
    if (nesting > TEMPLATE_NESTING_MAX) this.#reader.fail('max nesting depth exceeded');
    this.#reader.actionLine = 0;
    return new TreeParser(name, this.#reader, this.#trees, this.#hasFunction, nesting);
  }

  #body(name: string, context: string): void {
    const { list, end } = this.#itemList();
    if (end.kind !== 'end') this.#reader.fail(`unexpected {{else}} in ${context}`);
    this.#add(name, list);
  }

  #add(name: string, root: ListNode): void {
    const existing = this.#trees.get(name);
    if (existing === undefined || isEmptyTree(existing.root)) {
      this.#trees.set(name, { name, source: this.#source, root });
    } else if (!isEmptyTree(root)) {
      this.#reader.fail(`template: multiple definition of template ${quoteGo(name)}`);
    }
  }

  #itemList(): { list: ListNode; end: ListEnd } {
    const at = this.#reader.peekNonSpace().at;
    const nodes: BodyNode[] = [];
    while (this.#reader.peekNonSpace().type !== 'eof') {
      const node = this.#textOrAction();
      if (isListEnd(node)) {
        return { list: { kind: 'list', at, source: this.#source, nodes }, end: node };
      }
      nodes.push(node);
    }
    return this.#reader.fail('unexpected EOF');
  }

  #textOrAction(): Node {
    const token = this.#reader.nextNonSpace();
    if (token.type === 'text') {
      return { kind: 'text', at: token.at, source: this.#source, text: token.text };
    }
    if (token.type !== 'leftDelim') return this.#reader.unexpected(token, 'input');
    this.#reader.actionLine = token.line;
    const node = this.#action();
    this.#reader.actionLine = 0;
    return node;
  }

  #action(): Node {
    const token = this.#reader.nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#loopExit(token.type, token);
      case 'else':
        return this.#else();
      case 'end':
        return { kind: 'end', at: this.#reader.expect('rightDelim', 'end').at };
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.type);
      case 'template':
        return this.#templateCall();
      default:
        return this.#pipelineAction();
    }
  }

  #pipelineAction(): ActionNode {
    this.#reader.backup();
    const token = this.#reader.peek();
    const pipe = this.#pipelines.pipeline('command', 'rightDelim');
    return { kind: 'action', at: token.at, line: token.line, source: this.#source, pipe };
  }

  #loopExit(kind: 'break' | 'continue', { at, line }: Token): LoopExitNode {
    const token = this.#reader.nextNonSpace();
    if (token.type !== 'rightDelim') this.#reader.unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#reader.fail(`{{${kind}}} outside {{range}}`);
    return { kind, at, line, source: this.#source };
  }

  #else(): ListEnd {
    const token = this.#reader.peekNonSpace();
    if (token.type === 'if' || token.type === 'with') return { kind: 'else', at: token.at };
    return { kind: 'else', at: this.#reader.expect('rightDelim', 'else').at };
  }

  #branch(kind: 'if' | 'range' | 'with'): BranchNode {
    this.#depth++;
    if (this.#nesting + this.#depth > TEMPLATE_NESTING_MAX) {
      this.#reader.fail('max nesting depth exceeded');
    }
    const variables = this.#pipelines.variableCount;
    const pipe = this.#pipelines.pipeline(kind, 'rightDelim');
    if (kind === 'range') this.#rangeDepth++;
    const { list, end } = this.#itemList();
    if (kind === 'range') this.#rangeDepth--;
    const elseList = end.kind === 'else' ? this.#elseList(kind, end) : undefined;
    this.#pipelines.dropVariables(variables);
    this.#depth--;
    return { kind, at: pipe.at, line: pipe.line, source: this.#source, pipe, list, elseList };
  }

  /** `{{else if}}` and `{{else with}}` are a branch within the else, whose `end` is shared. */
  #elseList(kind: 'if' | 'range' | 'with', end: ListEnd): ListNode {
    if (kind !== 'range' && this.#reader.peek().type === kind) {
      this.#reader.next();
      const nodes = [this.#branch(kind)];
      return { kind: 'list', at: end.at, source: this.#source, nodes };
    }
    const otherwise = this.#itemList();
    if (otherwise.end.kind !== 'end') this.#reader.fail('expected end; found {{else}}');
    return otherwise.list;
  }

  #block(): TemplateNode {
    const context = 'block clause';
    const token = this.#reader.nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipelines.pipeline(context, 'rightDelim');
    this.#nested(name).#body(name, context);
    return this.#templateNode(token, name, pipe);
  }

  #templateCall(): TemplateNode {
    const context = 'template clause';
    const token = this.#reader.nextNonSpace();
    const name = this.#templateName(token, context);
    if (this.#reader.nextNonSpace().type === 'rightDelim') {
      return this.#templateNode(token, name, undefined);
    }
    this.#reader.backup();
    return this.#templateNode(token, name, this.#pipelines.pipeline(context, 'rightDelim'));
  }

  #templateNode(token: Token, name: string, pipe: PipeNode | undefined): TemplateNode {
    return { kind: 'template', at: token.at, line: token.line, source: this.#source, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') {
      return this.#reader.unexpected(token, context);
    }
    return unquoteString(token.text) ?? this.#reader.fail('invalid syntax');
  }
}
