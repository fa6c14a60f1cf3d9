/** Starts the real program as a process of its own, the way a user does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SCRIPT = resolve(import.meta.dirname, '../../cli/watchkeeper.ts');
const START_WITHIN_MS = 90_000;
const CONDITION_WITHIN_MS = 60_000;
const POLL_MS = 50;

export interface RunningProgram {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  /** @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A folder for data and files of a test; `remove` clears it. */
export function temporaryDir(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'watchkeeper-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function writeFileIn(dir: string, name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/**
 * Resolves when the URL is printed.
 * @param env added to that of the tests
 * @throws Error with what was printed when it ends before
 */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  const collect = (data: Buffer): void => {
    output += data.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const url = await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the program ended:\n${output}`);
      return /answers at (\S+)/.exec(output)?.[1];
    },
    START_WITHIN_MS,
    () => output,
  );
  return {
    url,
    child,
    output: () => output,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, output };
}

/** Waits until `read` gives something. @throws Error with `explain` after the deadline */
export async function until<T>(
  read: () => T | undefined | Promise<T | undefined>,
  withinMs = CONDITION_WITHIN_MS,
  explain: () => string = () => '',
): Promise<T> {
  const deadlineMs = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadlineMs) throw new Error(`not within ${withinMs} ms:\n${explain()}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

export interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly resultType: string;
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

export async function query(url: string, expr: string, timeSeconds?: number): Promise<QueryAnswer> {
  const search = new URLSearchParams({ query: expr });
  if (timeSeconds !== undefined) search.set('time', String(timeSeconds));
  const response = await fetch(`${url}/api/v1/query?${search.toString()}`);
  return (await response.json()) as QueryAnswer;
}
