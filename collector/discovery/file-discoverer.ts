import { type FSWatcher, watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { parse } from 'yaml';
import type { FileDiscovery } from '../../config/discovery-types.ts';
import { pause } from '../../model/clock.ts';
import { type Discoverer, emptyGroup, type OnGroups, type TargetGroup } from './discoverer.ts';
import { expandPattern } from './file-pattern.ts';
import { GroupsError, readGroups } from './read-groups.ts';
import type { RefreshContext } from './refresh-loop.ts';

const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** One change to a file comes as several events. */
const SETTLE_MS = 20;

export interface FileDiscoveryContext extends RefreshContext {
  /** Mtimes in Unix seconds of files read, by path: written here, shown in a metric. */
  readonly fileTimes: Map<string, number>;
}

/**
 * Groups from JSON and YAML files, read when a folder changes and once per interval. A file that
 * cannot be read or understood keeps the groups it had.
 */
export class FileDiscoverer implements Discoverer {
  readonly #config: FileDiscovery;
  readonly #context: FileDiscoveryContext;
  #watchers: FSWatcher[] = [];
  /** Groups per file at the last good reading. */
  #groupCounts = new Map<string, number>();

  constructor(config: FileDiscovery, context: FileDiscoveryContext) {
    this.#config = config;
    this.#context = context;
  }

  async run(signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    const { clock } = this.#context;
    while (!signal.aborted) {
      // Made before reading, so that no change falls between; aborted by a change.
      const changed = new AbortController();
      this.#watchFolders(changed);
      await this.#refresh(onGroups, signal);
      const either = new AbortController();
      const wake = (): void => either.abort();
      for (const one of [signal, changed.signal]) {
        if (one.aborted) wake();
        one.addEventListener('abort', wake, { once: true });
      }
      await pause(this.#config.refreshIntervalMs, clock, either.signal);
      signal.removeEventListener('abort', wake);
      if (changed.signal.aborted) await pause(SETTLE_MS, clock, signal);
    }
    for (const watcher of this.#watchers) watcher.close();
    for (const path of this.#groupCounts.keys()) this.#context.fileTimes.delete(path);
  }

  /** Watches anew each time: a folder may have been made, or made again, since the last. */
  #watchFolders(changed: AbortController): void {
    const { logger, metrics } = this.#context;
    const old = this.#watchers;
    this.#watchers = [];
    for (const folder of new Set(this.#config.files.map((file) => dirname(file)))) {
      const failed = (error: unknown): void => {
        // The folder may come later; the interval catches that.
        metrics.fileWatcherErrors.inc();
        logger.error('error adding file watch', { folder, error });
      };
      try {
        const watcher = watch(folder, () => changed.abort());
        watcher.on('error', failed);
        this.#watchers.push(watcher);
      } catch (error) {
        failed(error);
      }
    }
    for (const watcher of old) watcher.close();
  }

  async #refresh(onGroups: OnGroups, signal: AbortSignal): Promise<void> {
    const { clock, logger, metrics, fileTimes } = this.#context;
    const startMs = clock.monotonicMs();
    const counts = new Map<string, number>();
    const updates: TargetGroup[] = [];
    for (const path of await this.#listFiles()) {
      try {
        const groups = await this.#read(path);
        updates.push(...groups);
        counts.set(path, groups.length);
      } catch (error) {
        metrics.fileReadErrors.inc();
        logger.error('error reading file', { path, error });
        counts.set(path, this.#groupCounts.get(path) ?? 0);
      }
    }
    for (const [path, count] of this.#groupCounts) {
      const now = counts.get(path);
      if (now === undefined) fileTimes.delete(path);
      for (let index = now ?? 0; index < count; index++) {
        updates.push(emptyGroup(`${path}:${index}`));
      }
    }
    this.#groupCounts = counts;
    metrics.fileScanSeconds.observe((clock.monotonicMs() - startMs) / 1000);
    if (!signal.aborted) onGroups(updates);
  }

  async #listFiles(): Promise<ReadonlySet<string>> {
    const lists = await Promise.all(this.#config.files.map(expandPattern));
    const existing = new Set<string>();
    for (const path of lists.flat()) existing.add(path);
    return existing;
  }

  async #read(path: string): Promise<readonly TargetGroup[]> {
    const file = await open(path);
    try {
      const { size, mtimeMs } = await file.stat();
      if (size > FILE_BYTES_MAX) throw new GroupsError(`file larger than ${FILE_BYTES_MAX} bytes`);
      const text = await file.readFile('utf8');
      const isJson = extname(path).toLowerCase() === '.json';
      const data: unknown = isJson ? JSON.parse(text) : parse(text);
      const groups = readGroups(data, path, ['__meta_filepath', path]);
      this.#context.fileTimes.set(path, Math.floor(mtimeMs / 1000));
      return groups;
    } finally {
      await file.close();
    }
  }
}
