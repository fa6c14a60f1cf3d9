import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { readSecret, Secret } from './secret.ts';

test('a secret is not printed', () => {
  const secret = new Secret('s3cret');
  for (const text of [String(secret), JSON.stringify({ secret }), inspect({ secret })]) {
    expect(text).toContain('<secret>');
    expect(text).not.toContain('s3cret');
    expect(text).not.toContain(secret.digest);
  }
  expect(secret.reveal()).toBe('s3cret');
});

test('two secrets are deeply equal exactly when their values are', () => {
  expect(isDeepStrictEqual([new Secret('a')], [new Secret('a')])).toBe(true);
  expect(isDeepStrictEqual([new Secret('a')], [new Secret('b')])).toBe(false);
});

test('a secret in a file is read at each use, without the white space around it', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'watchkeeper-secret-'));
  const file = path.join(dir, 'password');
  await writeFile(file, 'one\n');
  expect(await readSecret({ file })).toBe('one');
  await writeFile(file, ' two ');
  expect(await readSecret({ file })).toBe('two');
  await rm(dir, { recursive: true });
  await expect(readSecret({ file })).rejects.toThrow('ENOENT');
});
