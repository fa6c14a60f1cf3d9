import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GlobError, globFiles } from './glob-files.ts';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'watchkeeper-glob-'));
  await mkdir(path.join(dir, 'sub'));
  for (const name of ['b.yml', 'a.yml', '.c.yml', 'a[1].yml', 'é.yml', 'sub/d.yml', 'x.json']) {
    await writeFile(path.join(dir, name), '');
  }
});
afterAll(() => rm(dir, { recursive: true }));

async function find(pattern: string): Promise<readonly string[]> {
  const files = await globFiles(path.join(dir, pattern));
  return files.map((file) => path.relative(dir, file));
}

describe('globFiles', () => {
  test('a star takes hidden names too and crosses no slash, names come in order', async () => {
    expect(await find('*.yml')).toEqual(['.c.yml', 'a.yml', 'a[1].yml', 'b.yml', 'é.yml']);
    expect(await find('**.json')).toEqual(['x.json']);
  });

  test('question marks and classes are one character', async () => {
    expect(await find('?.yml')).toEqual(['a.yml', 'b.yml', 'é.yml']);
    expect(await find('[a-b].yml')).toEqual(['a.yml', 'b.yml']);
    expect(await find('[^a].yml')).toEqual(['b.yml', 'é.yml']);
    expect(await find('a\\[1\\].yml')).toEqual(['a[1].yml']);
  });

  test('folders may be patterns', async () => {
    expect(await find('s*/*.yml')).toEqual(['sub/d.yml']);
  });

  test('what is not there is not found, and no error', async () => {
    expect(await find('nothing.yml')).toEqual([]);
    expect(await find('nowhere/*.yml')).toEqual([]);
    expect(await find('a.yml/*')).toEqual([]);
    expect(await find('b.yml')).toEqual(['b.yml']);
  });

  test.each(['[a.yml', 'x\\', '[b-a].yml'])('%s is refused', async (pattern) => {
    await expect(find(pattern)).rejects.toThrow(new GlobError('syntax error in pattern'));
  });
});
