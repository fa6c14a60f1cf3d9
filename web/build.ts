/** Builds the web application unless what is built is of these very sources. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = import.meta.dirname;
const LOCK = join(ROOT, 'dist.lock');
const LOCK_MS_MAX = 180_000;
const LOCK_LOOK_MS = 200;
const STAMP = join(ROOT, 'dist', 'sources.sha256');

function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = ['src', 'public'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const others = ['index.html', 'vite.config.ts', 'build.ts', '../package-lock.json'];
  for (const path of [...files.toSorted(), ...others.map((name) => join(ROOT, name))]) {
    hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/** Two may want it at once; the second waits, and finds it done. */
async function withLock(work: () => Promise<void>): Promise<void> {
  for (const endMs = Date.now() + LOCK_MS_MAX; ; ) {
    try {
      mkdirSync(LOCK);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Whoever holds it for that long has died.
      if (Date.now() > endMs) break;
      await pause(LOCK_LOOK_MS);
    }
  }
  try {
    await work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

/** Once here, so that the program that serves them never waits for it. */
function compressTexts(): void {
  const folder = join(ROOT, 'dist', 'assets');
  for (const name of readdirSync(folder)) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const path = join(folder, name);
    writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
  }
}

async function buildIfNeeded(): Promise<void> {
  const hash = sourcesHash();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  process.stderr.write('building the web application, once …\n');
  await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
  compressTexts();
  writeFileSync(STAMP, hash);
}

await withLock(buildIfNeeded);
