/** Files by pattern, as Go's `filepath.Glob` finds them: only the last part may be a pattern. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Existing files in ascending order; a path without pattern is given back unseen. */
export async function expandPattern(pattern: string): Promise<readonly string[]> {
  const name = basename(pattern);
  if (!/[*?[\\]/.test(name)) return [pattern];
  const matches = matcherOf(name);
  const directory = dirname(pattern);
  let names: string[];
  try {
    names = await readdir(directory);
  } catch {
    return []; // Go's Glob takes a folder that cannot be read for an empty one
  }
  return names
    .filter((file) => matches.test(file))
    .sort()
    .map((file) => join(directory, file));
}

/** `*`, `?`, `[a-z]`, `[^a-z]` and `\x`, as in Go's `filepath.Match`; the rest is literal. */
function matcherOf(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|[*?]|[\s\S]/gu,
    (part: string, escaped?: string, negation?: string, range?: string) => {
      if (escaped !== undefined) return quote(escaped);
      if (range !== undefined) return `[${negation ?? ''}${range.replaceAll(/[[^]/g, '\\$&')}]`;
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return quote(part);
    },
  );
  return new RegExp(`^${source}$`, 'su');
}

function quote(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
}
