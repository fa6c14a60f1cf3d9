/** Makes the kernel count what containers read and write. */
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kubelet's group of all Pods. */
const RULE_FILE = '/sys/fs/cgroup/blkio/kubepods/blkio.throttle.write_bps_device';
/** No disk writes as fast. */
const BYTES_PER_SECOND_MAX = 1_000_000_000_000;

/**
 * Cgroup v1 counts bytes per container only on disks that have some limit (Linux 6.10 and later), so the disk of the
 * folder gets one that is never met. With cgroup v2 there is nothing to do.
 */
export function countDiskBytes(folder: string): void {
  if (!existsSync(RULE_FILE)) return;
  const disk = diskOf(statSync(folder).dev);
  if (disk !== undefined) writeFileSync(RULE_FILE, `${disk} ${BYTES_PER_SECOND_MAX}`);
}

/** `MAJOR:MINOR` of the whole disk; undefined when the folder is on none, as in memory or on overlayfs. */
function diskOf(device: number): string | undefined {
  const [major, minor] = deviceNumbers(device);
  const link = `/sys/dev/block/${major}:${minor}`;
  if (!existsSync(link)) return undefined;
  const entry = realpathSync(link);
  const disk = existsSync(join(entry, 'partition')) ? join(entry, '..') : entry;
  return readFileSync(join(disk, 'dev'), 'utf8').trim();
}

/** As the C library's `major` and `minor` for numbers of less than 32 bits. */
function deviceNumbers(device: number): readonly [number, number] {
  return [(device >>> 8) & 0xfff, (device & 0xff) | ((device >>> 12) & 0xfff00)];
}
