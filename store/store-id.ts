import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A name that this data directory keeps for ever: several may write into one ClickHouse. */
export function storeId(dataDir: string): string {
  const path = join(dataDir, 'store-id');
  try {
    const known = readFileSync(path, 'utf8').trim();
    if (/^[\w-]{8,64}$/.test(known)) return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const id = randomUUID();
  writeFileSync(path, `${id}\n`);
  return id;
}
