/** What stands within an action: pipelines, commands, operands. */
import { quoteGo } from '../../labels.ts';
import { TEMPLATE_NESTING_MAX } from '../limits.ts';
import { nodeText } from './node-text.ts';
import type { ArgNode, CommandNode, PipeNode, VariableNode } from './nodes.ts';
import { type Constant, parseCharConstant, parseNumber } from './parse-number.ts';
import type { Token, TokenType } from './token.ts';
import type { TokenReader } from './token-reader.ts';
import { unquoteString } from './unquote.ts';

const OPERANDS: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

/** Operands that no later stage of a pipeline can begin with, for they take no arguments. */
const NOT_EXECUTABLE: ReadonlySet<ArgNode['kind']> = new Set<ArgNode['kind']>([
  'bool',
  'dot',
  'nil',
  'number',
  'string',
]);

export class PipelineParser {
  readonly #reader: TokenReader;
  readonly #hasFunction: (name: string) => boolean;
  readonly #variables: string[] = ['$'];
  #parenDepth = 0;

  constructor(reader: TokenReader, hasFunction: (name: string) => boolean) {
    this.#reader = reader;
    this.#hasFunction = hasFunction;
  }

  get variableCount(): number {
    return this.#variables.length;
  }

  /** Forgets the variables declared since there were `count`. */
  dropVariables(count: number): void {
    this.#variables.length = count;
  }

  pipeline(context: string, end: 'rightDelim' | 'rightParen'): PipeNode {
    const reader = this.#reader;
    const { at, line } = reader.peekNonSpace();
    const { declarations, isAssign } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = reader.nextNonSpace();
      if (token.type === end) break;
      if (!OPERANDS.has(token.type)) reader.unexpected(token, context);
      reader.backup();
      commands.push(this.#command());
    }
    this.#check(commands, context);
    return { kind: 'pipe', at, line, source: reader.source, isAssign, declarations, commands };
  }

  #check(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.#reader.fail(`missing value for ${context}`);
    for (const [index, command] of commands.entries()) {
      const kind = command.args[0]?.kind;
      if (index > 0 && kind !== undefined && NOT_EXECUTABLE.has(kind)) {
        this.#reader.fail(`non executable command in pipeline stage ${index + 1}`);
      }
    }
  }

  /** `$x :=`, `$x =`, and within a range `$i, $x :=`. */
  #declarations(context: string): { declarations: VariableNode[]; isAssign: boolean } {
    const reader = this.#reader;
    const declarations: VariableNode[] = [];
    for (;;) {
      const variable = reader.peekNonSpace();
      if (variable.type !== 'variable') return { declarations, isAssign: false };
      reader.next();
      const following = reader.peek();
      const sign = reader.peekNonSpace();
      if (sign.type === 'assign' || sign.type === 'declare') {
        reader.nextNonSpace();
        declarations.push(this.#declare(variable));
        return { declarations, isAssign: sign.type === 'assign' };
      }
      if (sign.type === 'char' && sign.text === ',') {
        reader.nextNonSpace();
        declarations.push(this.#declare(variable));
        if (context !== 'range' || declarations.length >= 2) {
          reader.fail(`too many declarations in ${context}`);
        }
        const { type } = reader.peekNonSpace();
        if (type !== 'variable' && type !== 'rightDelim' && type !== 'rightParen') {
          reader.fail('range can only initialize variables');
        }
        continue;
      }
      // The variable is an argument: put back what was read.
      if (following.type === 'space') reader.backup3(variable, following);
      else reader.backup2(variable);
      return { declarations, isAssign: false };
    }
  }

  #declare(token: Token): VariableNode {
    this.#variables.push(token.text);
    const path = token.text.split('.');
    return { kind: 'variable', at: token.at, source: this.#reader.source, path };
  }

  #command(): CommandNode {
    const reader = this.#reader;
    const { at } = reader.peekNonSpace();
    const args: ArgNode[] = [];
    for (;;) {
      reader.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = reader.next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') reader.backup();
      else if (token.type !== 'pipe') reader.unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) reader.fail('empty command');
    return { kind: 'command', at, source: reader.source, args };
  }

  /** A term and the fields after it. */
  #operand(): ArgNode | undefined {
    const reader = this.#reader;
    const term = this.#term();
    if (term === undefined || reader.peek().type !== 'field') return term;
    const { at } = reader.peek();
    const fields: string[] = [];
    while (reader.peek().type === 'field') fields.push(reader.next().text.slice(1));
    const source = reader.source;
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { kind: term.kind, at, source, path: [...term.path, ...fields] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return reader.fail(`unexpected . after term ${quoteGo(nodeText(term))}`);
      default:
        return { kind: 'chain', at, source, base: term, path: fields };
    }
  }

  #term(): ArgNode | undefined {
    const reader = this.#reader;
    const token = reader.nextNonSpace();
    const { at, text } = token;
    const source = reader.source;
    switch (token.type) {
      case 'identifier':
        if (!this.#hasFunction(text)) reader.fail(`function ${quoteGo(text)} not defined`);
        return { kind: 'identifier', at, source, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.type, at, source };
      case 'variable':
        return this.#variable(token);
      case 'field':
        return { kind: 'field', at, source, path: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, source, value: text === 'true' };
      case 'charConstant':
        return this.#number(token, parseCharConstant(text));
      case 'number':
        return this.#number(token, parseNumber(text));
      case 'complex':
        return reader.fail(`complex constants are not supported: ${quoteGo(text)}`);
      case 'leftParen':
        return this.#parenthesized();
      case 'string':
      case 'rawString': {
        const value = unquoteString(text) ?? reader.fail('invalid syntax');
        return { kind: 'string', at, source, quoted: text, value };
      }
      default:
        reader.backup();
        return undefined;
    }
  }

  #variable(token: Token): VariableNode {
    const path = token.text.split('.');
    const name = path[0] as string;
    if (!this.#variables.includes(name)) {
      this.#reader.fail(`undefined variable ${quoteGo(name)}`);
    }
    return { kind: 'variable', at: token.at, source: this.#reader.source, path };
  }

  #number({ at, text }: Token, constant: Constant | string): ArgNode {
    if (typeof constant === 'string') return this.#reader.fail(constant);
    return { kind: 'number', at, source: this.#reader.source, text, ...constant };
  }

  #parenthesized(): PipeNode {
    if (this.#parenDepth >= TEMPLATE_NESTING_MAX) {
      this.#reader.fail('max expression depth exceeded');
    }
    this.#parenDepth++;
    const pipe = this.pipeline('parenthesized pipeline', 'rightParen');
    this.#parenDepth--;
    return pipe;
  }
}
