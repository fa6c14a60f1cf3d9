/** Puts escapers at the end of a pipeline, without doubling what is there already. */
import type { CommandNode, PipeNode } from '../syntax/nodes.ts';
import { type EscaperName, EVAL_ARGS, escaperFunctionName } from './escape-functions.ts';

/** Escapers a user may write; they serve in place of ours that do the same. */
export const PREDEFINED_ESCAPERS: ReadonlySet<string> = new Set(['html', 'urlquery']);

const EQUIVALENT: ReadonlyMap<string, string> = new Map([
  [escaperFunctionName('attrescaper'), 'html'],
  [escaperFunctionName('htmlescaper'), 'html'],
  [escaperFunctionName('rcdataescaper'), 'html'],
  [escaperFunctionName('urlescaper'), 'urlquery'],
  [escaperFunctionName('urlnormalizer'), 'urlquery'],
]);

function canonical(name: string): string {
  return EQUIVALENT.get(name) ?? name;
}

/** After the key's escaper those of the value change nothing. */
const REDUNDANT_AFTER: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  (
    [
      ['commentescaper', ['attrescaper', 'htmlescaper']],
      ['cssescaper', ['attrescaper']],
      ['jsregexpescaper', ['attrescaper']],
      ['jsstrescaper', ['attrescaper']],
      ['jstmpllitescaper', ['attrescaper']],
      ['urlescaper', ['urlnormalizer']],
    ] as const satisfies readonly (readonly [EscaperName, readonly EscaperName[]])[]
  ).map(([first, later]) => [
    escaperFunctionName(first),
    new Set(later.map((name) => escaperFunctionName(name))),
  ]),
);

function functionOf(command: CommandNode | undefined): string | undefined {
  const first = command?.args[0];
  return first?.kind === 'identifier' ? first.name : undefined;
}

function commandOf(name: string, at: number): CommandNode {
  const args = [{ kind: 'identifier', at, source: undefined, name } as const];
  return { kind: 'command', at, source: undefined, args };
}

/** @param escapers to be run in turn on the pipeline's value */
export function withEscapers(pipe: PipeNode, escapers: readonly EscaperName[]): PipeNode {
  if (escapers.length === 0) return pipe;
  let names = escapers.map((name) => escaperFunctionName(name));
  let commands: readonly CommandNode[] = pipe.commands;
  const last = commands.at(-1);
  const predefined = functionOf(last);
  if (last !== undefined && predefined !== undefined && PREDEFINED_ESCAPERS.has(predefined)) {
    if (commands.length === 1 && last.args.length > 1) {
      // `html a b` becomes `_eval_args_ a b | html`.
      const [name, ...args] = last.args;
      const evalArgs = { ...commandOf(EVAL_ARGS, name?.at ?? pipe.at).args[0] } as const;
      commands = [
        { ...last, args: [evalArgs as (typeof last.args)[number], ...args] },
        commandOf(predefined, pipe.at),
      ];
    }
    const isDouble = names.some((name) => canonical(name) === predefined);
    names = names.map((name) => (canonical(name) === predefined ? predefined : name));
    if (isDouble) commands = commands.slice(0, -1);
  }
  return { ...pipe, commands: appended(commands, names, pipe.at) };
}

function appended(
  commands: readonly CommandNode[],
  names: readonly string[],
  at: number,
): readonly CommandNode[] {
  const present = new Set(commands.map((command) => canonical(functionOf(command) ?? '')));
  const out = [...commands];
  for (const name of names) {
    const before = functionOf(out.at(-1));
    const isRedundant = before !== undefined && REDUNDANT_AFTER.get(before)?.has(name) === true;
    if (!present.has(canonical(name)) && !isRedundant) out.push(commandOf(name, at));
  }
  return out;
}
