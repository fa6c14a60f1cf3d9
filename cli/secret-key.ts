/** The key for secrets at rest: given, or made at the first start and kept beside the data. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../model/logger.ts';
import { SECRET_KEY_BYTES, SecretBox } from '../model/secret-box.ts';
import { UsageError } from './flags.ts';

const ENV_KEY = 'WATCHKEEPER_SECRET_KEY';
const ENV_FILE = 'WATCHKEEPER_SECRET_KEY_FILE';
const FILE_NAME = 'secret.key';
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** @throws UsageError for a key that is none */
export async function openSecretBox(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Promise<SecretBox> {
  const given = env[ENV_KEY] ?? '';
  if (given !== '') return new SecretBox(parseKey(given, ENV_KEY));
  const file = env[ENV_FILE] || join(dataDir, FILE_NAME);
  const text = (await readIfThere(file)) ?? (await makeKey(file));
  const { mode } = await stat(file);
  if ((mode & OTHERS) !== 0) logger.warn('the key for secrets can be read by others', { file });
  return new SecretBox(parseKey(text, file));
}

function parseKey(text: string, from: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === SECRET_KEY_BYTES) return key;
  const fix = `head -c ${SECRET_KEY_BYTES} /dev/urandom | base64`;
  throw new UsageError(`${from}: not ${SECRET_KEY_BYTES} bytes in base64 (make them by: ${fix})`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`cannot read the key for secrets: ${(error as Error).message}`);
  }
}

async function makeKey(file: string): Promise<string> {
  const text = randomBytes(SECRET_KEY_BYTES).toString('base64');
  await mkdir(join(file, '..'), { recursive: true });
  // Fails if it came meanwhile: a key is never replaced.
  const handle = await open(file, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return text;
}
