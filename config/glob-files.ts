/** Finds files by pattern, by the rules of Go's `filepath.Glob`. */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareUtf8 } from '../model/labels.ts';

/** Files that one pattern may find. */
const FILES_MAX = 100_000;
const META = /[*?[\\]/;

/** A pattern that is not closed, or finds more files than may be. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/**
 * The existing files that `pattern` names, in the order of their names. Folders that are absent or
 * closed to us hold no files. Unlike a shell's, `*` takes names that begin with a dot.
 *
 * @param pattern absolute; `*` and `?` do not cross a slash, `[a-z]` is one character
 * @throws GlobError
 */
export async function globFiles(pattern: string): Promise<readonly string[]> {
  if (!META.test(pattern)) return (await exists(pattern)) ? [pattern] : [];
  const dir = path.dirname(pattern);
  const name = compileName(path.basename(pattern));
  const found: string[] = [];
  for (const folder of dir === pattern ? [] : await globFiles(dir)) {
    const names = await readdir(folder).catch(() => []);
    for (const candidate of names.sort(compareUtf8)) {
      if (!name.test(candidate)) continue;
      found.push(path.join(folder, candidate));
      if (found.length > FILES_MAX) throw new GlobError(`more than ${FILES_MAX} files`);
    }
  }
  return found;
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function compileName(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '*') {
      // Several in a row are one; as several they would be tried in every combination.
      if (pattern[at + 1] !== '*') source += '[^/]*';
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '[') {
      const close = /^\[\^?\]?(?:\\.|[^\]\\])*\]/.exec(pattern.slice(at))?.[0];
      if (close === undefined) throw new GlobError('syntax error in pattern');
      source += close.replaceAll(/[[&|~]/g, (meta, index) => (index === 0 ? meta : `\\${meta}`));
      at += close.length - 1;
    } else if (char === '\\') {
      at++;
      if (at >= pattern.length) throw new GlobError('syntax error in pattern');
      source += escapeRegex(pattern[at] ?? '');
    } else {
      source += escapeRegex(char);
    }
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch (cause) {
    throw new GlobError('syntax error in pattern', { cause });
  }
}

function escapeRegex(char: string): string {
  return char.replace(/[\\^$.|?*+()[\]{}/]/, '\\$&');
}
