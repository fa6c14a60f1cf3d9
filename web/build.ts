/** Builds the web application unless what is built is of these very sources. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = import.meta.dirname;
const STAMP = join(ROOT, 'dist', 'sources.sha256');

function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = ['src', 'public'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const others = ['index.html', 'vite.config.ts', '../package-lock.json'];
  for (const path of [...files.toSorted(), ...others.map((name) => join(ROOT, name))]) {
    hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

const hash = sourcesHash();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== hash) {
  process.stderr.write('building the web application, once …\n');
  await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(STAMP, hash);
}
