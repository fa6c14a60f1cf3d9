/** How much memory the program may use. */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** Where the kernel says what a container may use: cgroup v2, then v1. */
const CGROUP_FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** Without a setting: half of what the machine or the container has. */
export function defaultMemoryBytes(): number {
  const limits = CGROUP_FILES.map(readLimitBytes).filter((limit) => limit !== undefined);
  return Math.floor(Math.min(totalmem(), ...limits) / 2);
}

function readLimitBytes(file: string): number | undefined {
  try {
    const bytes = Number(readFileSync(file, 'utf8'));
    return Number.isFinite(bytes) && bytes > 0 ? bytes : undefined;
  } catch {
    return undefined;
  }
}
