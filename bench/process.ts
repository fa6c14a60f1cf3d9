/** Programs under test: started, awaited, measured from outside, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
/** Linux' USER_HZ: /proc counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

export interface Program {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  usage(): Usage;
  /** @param signal SIGTERM unless said otherwise; the data folder stays */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ProgramSpec {
  readonly name: string;
  readonly version: string;
  readonly command: string;
  readonly args: (port: number, dataDir: string) => readonly string[];
  readonly readyPath: string;
  /** Ctrl-C does not reach it: whoever started it stops it. */
  readonly isDetached?: boolean;
}

export function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** @param dataDir kept when given, else a new folder that `removeDataDir` clears */
export async function startProgram(spec: ProgramSpec, dataDir?: string): Promise<Program> {
  const dir = dataDir ?? mkdtempSync(join(tmpdir(), `bench-${spec.name}-`));
  const port = await freePort();
  const log = openSync(`${dir}.log`, 'a');
  const child = spawn(spec.command, [...spec.args(port, dir)], {
    stdio: ['ignore', log, log],
    detached: spec.isDetached ?? false,
  });
  const url = `http://127.0.0.1:${port}`;
  const stopAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', stopAtExit);
  await waitReady(child, `${url}${spec.readyPath}`, `${dir}.log`);
  const pid = child.pid as number;
  return {
    name: spec.name,
    version: spec.version,
    url,
    dataDir: dir,
    pid,
    usage: () => readUsage(pid),
    stop: async (signal = 'SIGTERM') => {
      process.off('exit', stopAtExit);
      await stopChild(child, signal);
    },
  };
}

export function removeDataDir(program: Program): void {
  rmSync(program.dataDir, { recursive: true, force: true });
  rmSync(`${program.dataDir}.log`, { force: true });
}

/** CPU of all threads since the start, and resident memory, from /proc. */
export function readUsage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const rssPages = Number(fields[21]);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes: rssPages * 4096 };
}

async function waitReady(child: ChildProcess, url: string, log: string): Promise<void> {
  const deadlineMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) break;
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await pauseMs(50);
  }
  child.kill('SIGKILL');
  throw new Error(
    `not ready: ${child.spawnargs.join(' ')}\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(killer);
}

export function pauseMs(durationMs: number): Promise<void> {
  return new Promise((done) => setTimeout(done, durationMs));
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts `bench/target-server.ts`; `stop` ends it. */
export async function startTargets(
  targets: number,
  seriesCount: number,
  churnPerMinute: number,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const script = resolve(ROOT, 'bench/target-server.ts');
  const args = [script, String(targets), String(seriesCount), String(churnPerMinute)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const port = await new Promise<number>((done, fail) => {
    child.stdout?.once('data', (data: Buffer) => done(Number(data.toString())));
    child.once('exit', () => fail(new Error('the target server did not start')));
  });
  return { port, stop: () => stopChild(child, 'SIGTERM') };
}
