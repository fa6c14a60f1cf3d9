/** Evaluates pipelines, commands and their arguments, as Go's text/template does. */
import { quoteGo } from '../../labels.ts';
import { nodeText } from '../syntax/node-text.ts';
import type {
  AnyNode,
  ArgNode,
  CommandNode,
  IdentifierNode,
  NumberNode,
  PipeNode,
} from '../syntax/nodes.ts';
import { FunctionError, LimitError } from '../template-error.ts';
import {
  ANY,
  canBeNil,
  type GoFunction,
  type GoMethod,
  type GoType,
  isAssignable,
  REFLECT_VALUE,
} from '../value/go-types.ts';
import {
  fromInterface,
  type GoValue,
  goBool,
  goFloat,
  goInt,
  goString,
  isTrue,
  type Maybe,
  zeroOf,
} from '../value/go-values.ts';
import type { Budget } from './budget.ts';
import { BUILTINS, type FunctionMap } from './builtins.ts';
import { findMember, type MissingKey } from './fields.ts';
import type { Frame } from './frame.ts';

/** Stands for "nothing came through the pipe", which is not the same as nil. */
const MISSING = Symbol('missing');
type Final = Maybe<GoValue> | typeof MISSING;

interface Callable {
  readonly params: readonly GoType[];
  readonly isVariadic?: boolean;
  call(args: readonly Maybe<GoValue>[]): Maybe<GoValue>;
}

export class Evaluator {
  readonly #functions: FunctionMap;
  readonly #missingKey: MissingKey;
  readonly #budget: Budget;

  /** @param functions take precedence over the built-in ones of the same name */
  constructor(functions: FunctionMap, missingKey: MissingKey, budget: Budget) {
    this.#functions = functions;
    this.#missingKey = missingKey;
    this.#budget = budget;
  }

  /** Declares or assigns the pipeline's variables too. @throws TemplateError */
  pipeline(frame: Frame, dot: Maybe<GoValue>, pipe: PipeNode): Maybe<GoValue> {
    frame.at(pipe);
    let value: Final = MISSING;
    for (const command of pipe.commands) {
      value = fromInterface(this.#command(frame, dot, command, value));
    }
    const result = value === MISSING ? undefined : value;
    for (const { path } of pipe.declarations) {
      const name = path[0] as string;
      if (pipe.isAssign) frame.assign(name, result);
      else frame.declare(name, result);
    }
    return result;
  }

  #command(frame: Frame, dot: Maybe<GoValue>, command: CommandNode, final: Final): Maybe<GoValue> {
    this.#step(frame);
    const { args } = command;
    const first = args[0] as ArgNode;
    switch (first.kind) {
      case 'field':
      case 'chain':
      case 'variable':
        return this.#path(frame, dot, first, args, final);
      case 'identifier':
        return this.#function(frame, dot, first, command, args, final);
      case 'pipe':
        this.#checkNoArguments(frame, args, final);
        return this.pipeline(frame, dot, first);
      case 'nil':
        frame.at(first);
        this.#checkNoArguments(frame, args, final);
        return frame.fail('nil is not a command');
      default:
        frame.at(first);
        this.#checkNoArguments(frame, args, final);
        return first.kind === 'dot' ? dot : this.#constant(frame, first);
    }
  }

  #checkNoArguments(frame: Frame, args: readonly ArgNode[], final: Final): void {
    if (args.length > 1 || final !== MISSING) {
      frame.fail(`can't give argument to non-function ${nodeText(args[0] as ArgNode)}`);
    }
  }

  /** `.A.B`, `$x.A`, `(…).A`: the last name may be a method, which gets the arguments. */
  #path(
    frame: Frame,
    dot: Maybe<GoValue>,
    node: ArgNode & { kind: 'field' | 'chain' | 'variable' },
    args: readonly ArgNode[],
    final: Final,
  ): Maybe<GoValue> {
    frame.at(node);
    if (node.kind === 'field') return this.#fields(frame, dot, dot, node, node.path, args, final);
    if (node.kind === 'variable') {
      const [name, ...path] = node.path;
      const value = frame.variable(name as string);
      if (path.length > 0) return this.#fields(frame, dot, value, node, path, args, final);
      this.#checkNoArguments(frame, args.length === 0 ? [node] : args, final);
      return value;
    }
    if (node.base.kind === 'nil') {
      frame.fail(`indirection through explicit nil in ${nodeText(node)}`);
    }
    const base = this.#argument(frame, dot, undefined, node.base);
    return this.#fields(frame, dot, base, node, node.path, args, final);
  }

  #fields(
    frame: Frame,
    dot: Maybe<GoValue>,
    start: Maybe<GoValue>,
    node: ArgNode,
    path: readonly string[],
    args: readonly ArgNode[],
    final: Final,
  ): Maybe<GoValue> {
    let receiver = start;
    for (const name of path.slice(0, -1)) {
      receiver = this.#field(frame, dot, receiver, node, name, [], MISSING);
    }
    return this.#field(frame, dot, receiver, node, path.at(-1) as string, args, final);
  }

  #field(
    frame: Frame,
    dot: Maybe<GoValue>,
    receiver: Maybe<GoValue>,
    node: ArgNode,
    name: string,
    args: readonly ArgNode[],
    final: Final,
  ): Maybe<GoValue> {
    const hasArguments = args.length > 1 || final !== MISSING;
    const member = findMember(receiver, name, this.#missingKey, hasArguments);
    switch (member.kind) {
      case 'value':
        return member.value;
      case 'error':
        return frame.fail(member.message);
      case 'method':
        return this.#call(
          frame,
          dot,
          bound(member.method, member.receiver),
          node,
          name,
          args,
          final,
        );
    }
  }

  #function(
    frame: Frame,
    dot: Maybe<GoValue>,
    node: IdentifierNode,
    at: AnyNode,
    args: readonly ArgNode[],
    final: Final,
  ): Maybe<GoValue> {
    frame.at(node);
    const { name } = node;
    const own = this.#functions.get(name);
    if (own !== undefined) return this.#call(frame, dot, own, at, name, args, final);
    const builtin = BUILTINS.get(name);
    if (builtin === undefined) return frame.fail(`${quoteGo(name)} is not a defined function`);
    if (name === 'and' || name === 'or') {
      return this.#shortCircuit(frame, dot, name, builtin, args, final);
    }
    const callable = name === 'call' ? calling(args, final) : builtin;
    return this.#call(frame, dot, callable, at, name, args, final);
  }

  #shortCircuit(
    frame: Frame,
    dot: Maybe<GoValue>,
    name: 'and' | 'or',
    builtin: GoFunction,
    args: readonly ArgNode[],
    final: Final,
  ): Maybe<GoValue> {
    this.#checkCount(frame, builtin, name, Math.max(args.length - 1, 0), final);
    let value: Maybe<GoValue>;
    for (const arg of args.slice(1)) {
      value = this.#argument(frame, dot, REFLECT_VALUE, arg);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === MISSING ? value : this.#validated(frame, final, REFLECT_VALUE);
  }

  #checkCount(
    frame: Frame,
    { params, isVariadic }: Callable,
    name: string,
    written: number,
    final: Final,
  ): void {
    const given = written + (final === MISSING ? 0 : 1);
    if (isVariadic !== true) {
      if (given === params.length) return;
      frame.fail(`wrong number of args for ${name}: want ${params.length} got ${given}`);
    }
    if (given >= params.length - 1) return;
    frame.fail(
      `wrong number of args for ${name}: want at least ${params.length - 1} got ${written}`,
    );
  }

  /** @param args the function's own name first, or none at all */
  #call(
    frame: Frame,
    dot: Maybe<GoValue>,
    callable: Callable,
    at: AnyNode,
    name: string,
    args: readonly ArgNode[],
    final: Final,
  ): Maybe<GoValue> {
    const written = args.slice(1);
    this.#checkCount(frame, callable, name, written.length, final);
    const values = written.map((arg, index) =>
      this.#argument(frame, dot, parameter(callable, index), arg),
    );
    if (final !== MISSING) {
      values.push(this.#validated(frame, final, parameter(callable, values.length)));
    }
    for (const value of values) this.#charge(frame, value);
    const passed = values.map((value, index) =>
      parameter(callable, index).name === ANY.name ? fromInterface(value) : value,
    );
    try {
      const result = callable.call(passed);
      this.#charge(frame, result);
      return result;
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      frame.at(at);
      return frame.fail(`error calling ${name}: ${error.message}`, error);
    }
  }

  #step(frame: Frame): void {
    guard(frame, () => this.#budget.step());
  }

  #charge(frame: Frame, value: Maybe<GoValue>): void {
    const length = sizeOf(value);
    if (length > 0) guard(frame, () => this.#budget.handle(length));
  }

  /** The value of an argument, which must suit the parameter's type (undefined: any). */
  #argument(
    frame: Frame,
    dot: Maybe<GoValue>,
    type: GoType | undefined,
    arg: ArgNode,
  ): Maybe<GoValue> {
    this.#step(frame);
    frame.at(arg);
    switch (arg.kind) {
      case 'dot':
        return this.#validated(frame, dot, type);
      case 'nil':
        if (type !== undefined && canBeNil(type)) return nilOf(type);
        return frame.fail(`cannot assign nil to ${type?.name ?? '<nil>'}`);
      case 'field':
      case 'chain':
      case 'variable':
        return this.#validated(frame, this.#path(frame, dot, arg, [], MISSING), type);
      case 'pipe':
        return this.#validated(frame, this.pipeline(frame, dot, arg), type);
      case 'identifier':
        return this.#validated(frame, this.#function(frame, dot, arg, arg, [], MISSING), type);
      default:
        return this.#typedConstant(frame, type, arg);
    }
  }

  #typedConstant(
    frame: Frame,
    type: GoType | undefined,
    node: ArgNode & { kind: 'bool' | 'string' | 'number' },
  ): Maybe<GoValue> {
    if (type === undefined || type.kind === 'interface' || type.name === REFLECT_VALUE.name) {
      return this.#constant(frame, node);
    }
    const text = nodeText(node);
    switch (type.kind) {
      case 'bool':
        if (node.kind !== 'bool') return frame.fail(`expected bool; found ${text}`);
        return { kind: 'bool', type, value: node.value };
      case 'string':
        if (node.kind !== 'string') return frame.fail(`expected string; found ${text}`);
        return { kind: 'string', type, value: node.value };
      case 'int': {
        const value = node.kind === 'number' ? node.int : undefined;
        if (value === undefined) return frame.fail(`expected integer; found ${text}`);
        return { kind: 'int', type, value };
      }
      case 'uint': {
        const value = node.kind === 'number' ? node.uint : undefined;
        if (value === undefined) return frame.fail(`expected unsigned integer; found ${text}`);
        return { kind: 'uint', type, value };
      }
      case 'float': {
        const value = node.kind === 'number' ? node.float : undefined;
        if (value === undefined) return frame.fail(`expected float; found ${text}`);
        return { kind: 'float', type, value };
      }
      default:
        return frame.fail(`can't handle ${text} for arg of type ${type.name}`);
    }
  }

  /** A constant where no type is asked for: its spelling decides. */
  #constant(frame: Frame, node: ArgNode & { kind: 'bool' | 'string' | 'number' }): Maybe<GoValue> {
    frame.at(node);
    if (node.kind === 'bool') return goBool(node.value);
    if (node.kind === 'string') return goString(node.value);
    if (node.float !== undefined && isFloatSpelling(node)) return goFloat(node.float);
    if (node.int !== undefined) return goInt(node.int);
    return frame.fail(`${node.text} overflows int`);
  }

  #validated(frame: Frame, value: Maybe<GoValue>, type: GoType | undefined): Maybe<GoValue> {
    if (type === undefined) return value;
    if (value === undefined) {
      return canBeNil(type) ? nilOf(type) : frame.fail(`invalid value; expected ${type.name}`);
    }
    if (type.name === REFLECT_VALUE.name || isAssignable(value.type, type)) return value;
    const inner = fromInterface(value) ?? value;
    if (isAssignable(inner.type, type)) return inner;
    if (inner.kind === 'pointer' && inner.type.element !== undefined) {
      if (isAssignable(inner.type.element, type)) {
        return inner.target ?? frame.fail(`dereference of nil pointer of type ${type.name}`);
      }
    }
    return frame.fail(`wrong type for value; expected ${type.name}; got ${inner.type.name}`);
  }
}

/** A nil for a parameter; plain nothing where the function takes any value. */
function nilOf(type: GoType): Maybe<GoValue> {
  return type.kind === 'interface' || type.kind === 'struct' ? undefined : zeroOf(type);
}

function parameter({ params, isVariadic }: Callable, index: number): GoType {
  const last = params.length - 1;
  return params[isVariadic === true ? Math.min(index, last) : index] ?? ANY;
}

function bound(method: GoMethod, receiver: GoValue): Callable {
  return {
    params: method.params,
    isVariadic: method.isVariadic === true,
    call: (args) => method.call(receiver, args),
  };
}

/** The built-in `call`. Data of ours holds no functions, so that it can only say so. */
function calling(args: readonly ArgNode[], final: Final): Callable {
  const name = args[1] === undefined ? finalName(final) : nodeText(args[1]);
  return {
    params: [REFLECT_VALUE, REFLECT_VALUE],
    isVariadic: true,
    call: ([fn]) => {
      const inner = fromInterface(fn);
      if (inner === undefined) throw new FunctionError('call of nil');
      throw new FunctionError(`non-function ${name} of type ${inner.type.name}`);
    },
  };
}

function finalName(final: Final): string {
  if (final === MISSING || final === undefined) return '<invalid Value>';
  return final.kind === 'string' ? final.value : `<${final.type.name} Value>`;
}

function isFloatSpelling({ text }: NumberNode): boolean {
  const isHexInteger = /^0[xX]/.test(text) && !/[pP]/.test(text);
  return !isHexInteger && !text.startsWith("'") && /[.eEpP]/.test(text);
}

function sizeOf(value: Maybe<GoValue>): number {
  switch (value?.kind) {
    case 'string':
      return value.value.length;
    case 'slice':
      return value.items.length;
    case 'map':
      return value.entries.size;
    default:
      return 0;
  }
}

/** A limit that is passed becomes an error with a place. */
function guard(frame: Frame, spend: () => void): void {
  try {
    spend();
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    frame.fail(error.message, error);
  }
}
