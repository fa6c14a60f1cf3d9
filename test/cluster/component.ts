/** A program of the cluster: started so that it outlives the command, found again by the next. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 20_000;
const STEP_MS = 100;
const LOG_TAIL_BYTES = 3000;

export interface ComponentSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Resolves when it serves; throws, or gives false, as long as it does not. */
  readonly isHealthy: () => Promise<boolean>;
}

/** A process id and when it began, by which a reused id is told apart. */
interface ProcessRecord {
  readonly pid: number;
  readonly startTicks: string;
}

export class Component {
  readonly spec: ComponentSpec;
  readonly #recordFile: string;
  readonly #logFile: string;

  /** @param folder of the control plane: logs and process ids go below it */
  constructor(folder: string, spec: ComponentSpec) {
    this.spec = spec;
    mkdirSync(join(folder, 'run'), { recursive: true });
    mkdirSync(join(folder, 'logs'), { recursive: true });
    this.#recordFile = join(folder, 'run', `${spec.name}.json`);
    this.#logFile = join(folder, 'logs', `${spec.name}.log`);
  }

  get name(): string {
    return this.spec.name;
  }

  get logFile(): string {
    return this.#logFile;
  }

  /** Undefined when it does not run. */
  pid(): number | undefined {
    const record = readRecord(this.#recordFile);
    if (record === undefined || startTicks(record.pid) !== record.startTicks) return undefined;
    return record.pid;
  }

  /** Starts it unless it runs, and waits until it is healthy. */
  async start(): Promise<void> {
    if (this.pid() === undefined) this.#spawn();
    const endMs = performance.now() + READY_WITHIN_MS;
    while (!(await this.isHealthy())) {
      if (this.pid() === undefined) throw this.#error('ended');
      if (performance.now() > endMs) throw this.#error(`not healthy in ${READY_WITHIN_MS} ms`);
      await pauseMs(STEP_MS);
    }
  }

  async isHealthy(): Promise<boolean> {
    return this.spec.isHealthy().catch(() => false);
  }

  async stop(): Promise<void> {
    const pid = this.pid();
    if (pid !== undefined) {
      signal(pid, 'SIGTERM');
      const endMs = performance.now() + STOP_WITHIN_MS;
      while (this.pid() !== undefined) {
        if (performance.now() > endMs) signal(pid, 'SIGKILL');
        await pauseMs(STEP_MS);
      }
    }
    rmSync(this.#recordFile, { force: true });
  }

  #spawn(): void {
    const { command, args, env } = this.spec;
    const log = openSync(this.#logFile, 'a');
    const child = spawn(command, [...args], {
      stdio: ['ignore', log, log],
      detached: true,
      cwd: '/',
      env: { ...process.env, ...env },
    });
    child.on('error', () => {});
    child.unref();
    const ticks = child.pid === undefined ? undefined : startTicks(child.pid);
    if (child.pid === undefined || ticks === undefined) throw this.#error('did not start');
    const record: ProcessRecord = { pid: child.pid, startTicks: ticks };
    writeFileSync(this.#recordFile, JSON.stringify(record));
  }

  #error(what: string): Error {
    const log = readFileSync(this.#logFile, 'utf8').slice(-LOG_TAIL_BYTES);
    return new Error(`${this.name}: ${what}; the end of ${this.#logFile}:\n${log}`);
  }
}

export function pauseMs(durationMs: number): Promise<void> {
  return new Promise((done) => setTimeout(done, durationMs));
}

/** A process that has just ended needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readRecord(path: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat; undefined when there is no such process, or only its remains. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
