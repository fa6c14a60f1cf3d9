/** Reads a command line by a table of flags. */
import type { FlagSpec } from './flag-table.ts';

/** A command line that makes no sense; the text tells the user what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ParsedFlags {
  /** By name; every flag of the table has a value. */
  readonly values: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
  /** Flags taken without effect. */
  readonly ignored: readonly string[];
}

/**
 * @param argv without node and script
 * @throws UsageError naming the flag and the nearest known one
 */
export function parseFlags(
  argv: readonly string[],
  table: readonly FlagSpec[],
  env: Readonly<Record<string, string | undefined>>,
  ignorable: ReadonlySet<string> = new Set(),
): ParsedFlags {
  const values = new Map<string, string>();
  for (const spec of table) {
    const fromEnv = spec.env === undefined ? undefined : env[spec.env];
    values.set(spec.name, fromEnv ?? spec.fallback);
  }
  const positionals: string[] = [];
  const ignored: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word);
      continue;
    }
    const [, name = '', inline] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const spec = findFlag(table, name);
    if (spec !== undefined) {
      values.set(spec.name, flagValue(spec, name, inline, rest));
    } else if (ignorable.has(name.replace(/^no-/, ''))) {
      ignored.push(name);
      if (inline === undefined && rest[0] !== undefined && !rest[0].startsWith('-')) rest.shift();
    } else {
      throw new UsageError(`unknown flag --${name}${nearest(table, name)}`);
    }
  }
  return { values, positionals, ignored };
}

function findFlag(table: readonly FlagSpec[], name: string): FlagSpec | undefined {
  return table.find(
    (spec) =>
      spec.name === name ||
      spec.alias === name ||
      (spec.kind === 'switch' && name === `no-${spec.name}`),
  );
}

function flagValue(
  spec: FlagSpec,
  name: string,
  inline: string | undefined,
  rest: string[],
): string {
  if (spec.kind === 'switch') {
    const isOn = inline === undefined || inline === 'true';
    return String(name.startsWith('no-') ? !isOn : isOn);
  }
  const value = inline ?? rest.shift();
  if (value === undefined) throw new UsageError(`flag --${name} needs a value: ${spec.help}`);
  return value;
}

function nearest(table: readonly FlagSpec[], name: string): string {
  const names = table.flatMap((spec) => [spec.name, ...(spec.alias ? [spec.alias] : [])]);
  const near = names.find((known) => known.includes(name) || name.includes(known));
  return near === undefined ? '; see --help' : `; did you mean --${near}?`;
}

export function helpText(table: readonly FlagSpec[]): string {
  return table
    .map((spec) => {
      const value = spec.kind === 'switch' ? '' : `=<${spec.kind}>`;
      const env = spec.env === undefined ? '' : ` [${spec.env}]`;
      const fallback = spec.fallback === '' ? '' : ` (default ${spec.fallback})`;
      return `  --${spec.name}${value}${env}\n      ${spec.help}${fallback}`;
    })
    .join('\n');
}
