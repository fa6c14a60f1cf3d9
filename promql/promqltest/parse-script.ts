/** Reads scripts of the PromQL test language. */
import { parseEval } from './parse-eval.ts';
import { parseLoad } from './parse-load.ts';
import { type ScriptCommand, ScriptError } from './script.ts';

export interface ScriptLine {
  /** From 1. */
  readonly number: number;
  /** Without white space at the ends. */
  readonly text: string;
}

/**
 * The commands in their order. A command ends at an empty line, and a comment is one.
 * @throws ScriptError
 */
export function parseScript(text: string): readonly ScriptCommand[] {
  const lines = text.split('\n').map((line, index) => {
    const trimmed = line.trim();
    return { number: index + 1, text: trimmed.startsWith('#') ? '' : trimmed };
  });
  const commands: ScriptCommand[] = [];
  let at = 0;
  while (at < lines.length) {
    const head = lines[at] as ScriptLine;
    if (head.text === '') {
      at++;
      continue;
    }
    const word = (head.text.split(/[\t ]+/, 1)[0] as string).toLowerCase();
    if (word === 'clear') {
      commands.push({ kind: 'clear', line: head.number });
      at++;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && lines[end]?.text !== '') end++;
    const body = lines.slice(at + 1, end);
    if (word.startsWith('load')) commands.push(parseLoad(head, body));
    else if (word.startsWith('eval')) commands.push(parseEval(head, body));
    else throw new ScriptError(head.number, `invalid command ${JSON.stringify(head.text)}`);
    at = end;
  }
  return commands;
}
