import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A second process would destroy what the first one writes. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';

  /** @param holder the process that has it, when known */
  constructor(dir: string, holder: LockHolder | undefined, options?: ErrorOptions) {
    const who =
      holder === undefined
        ? 'another process'
        : `process ${holder.pid} (${holder.command}, since ${holder.since})`;
    super(`data directory ${dir} is in use by ${who}; stop it or choose another one`, options);
  }
}

export interface LockHolder {
  readonly pid: number;
  /** Start of the process in the kernel's ticks: tells a reused pid from the same process. */
  readonly startTicks: string;
  readonly host: string;
  readonly command: string;
  readonly since: string;
}

export interface DirectoryLock {
  release(): void;
}

const LOCK_FILE = 'watchkeeper.lock';

/**
 * Takes a data directory for this process. The lock of a process that is no more, or of another
 * host (whose processes we cannot see), is taken over: ClickHouse's own lock is behind this one,
 * which is here to say who it is.
 * @throws DirectoryInUseError
 */
export function lockDirectory(dir: string): DirectoryLock {
  const path = join(dir, LOCK_FILE);
  const own = `${path}.${process.pid}`;
  const text = JSON.stringify(holderOfThisProcess());
  writeFileSync(own, text);
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (tryLink(own, path)) return { release: () => release(path, text) };
      const found = readText(path);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder !== undefined && isAlive(holder)) throw new DirectoryInUseError(dir, holder);
      takeAway(path, found);
    }
    throw new DirectoryInUseError(dir, undefined);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the dead lock, and only that: another process may have replaced it by now. */
function takeAway(path: string, dead: string): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readText(aside) !== dead) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function release(path: string, text: string): void {
  if (readText(path) !== text) return;
  try {
    unlinkSync(path);
  } catch {
    // The directory is gone, and the lock with it.
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<LockHolder>;
    return typeof holder.pid === 'number' ? (holder as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.startTicks === '' || startTicks(holder.pid) === holder.startTicks;
}

function holderOfThisProcess(): LockHolder {
  return {
    pid: process.pid,
    startTicks: startTicks(process.pid),
    host: hostname(),
    command: process.title,
    since: new Date(Date.now() - process.uptime() * 1000).toISOString(),
  };
}

/** Field 22 of /proc/pid/stat, counted behind the command, which may hold spaces; '' elsewhere. */
function startTicks(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return '';
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
