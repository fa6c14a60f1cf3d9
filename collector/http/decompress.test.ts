import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress } from './decompress.ts';
import { HttpRequestError } from './http-error.ts';

const MAX = 100_000_000;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('decompress', () => {
  test('gzip and zstd, small (in place) and large (in a thread)', async () => {
    const large = Array.from({ length: 200_000 }, (_, line) => `metric_${line * 7919} ${line}\n`);
    const page = large.join('');
    expect(gzipSync(page).length).toBeGreaterThan(32 * 1024);

    for (const body of ['a 1\n', page]) {
      expect(text(await decompress(gzipSync(body), 'gzip', MAX, 0)) === body).toBe(true);
      expect(text(await decompress(zstdCompressSync(body), 'zstd', MAX, 0)) === body).toBe(true);
    }
  });

  test('other encodings are left as they are', async () => {
    const body = Buffer.from('a 1\n');

    expect(await decompress(body, '', MAX, 0)).toBe(body);
    expect(await decompress(body, 'br', MAX, 0)).toBe(body);
  });

  test('the limit is on what comes out: as much is fine, a byte more is not', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    expect(bomb.length).toBeLessThan(2000);

    expect((await decompress(bomb, 'gzip', 1_000_000, 0)).length).toBe(1_000_000);
    await expect(decompress(bomb, 'gzip', 999_999, 0)).rejects.toThrow('body size limit exceeded');
    await expect(decompress(Buffer.alloc(11), '', 10, 0)).rejects.toThrow('body size limit');
    const packed = zstdCompressSync(Buffer.alloc(1_000_000));
    await expect(decompress(packed, 'zstd', 999_999, 0)).rejects.toThrow('body size limit');
  });

  test('broken bodies are told in the words of Go', async () => {
    const good = gzipSync('a 1\n'.repeat(1000));
    const flipped = Buffer.from(good);
    flipped[good.length - 6] = (flipped[good.length - 6] as number) ^ 0xff;

    await expect(decompress(good.subarray(0, 20), 'gzip', MAX, 0)).rejects.toThrow(
      /^unexpected EOF$/,
    );
    await expect(decompress(Buffer.from('plain text'), 'gzip', MAX, 0)).rejects.toThrow(
      'gzip: invalid header',
    );
    await expect(decompress(flipped, 'gzip', MAX, 0)).rejects.toThrow('gzip: invalid checksum');
    await expect(decompress(Buffer.from('x'), 'zstd', MAX, 0)).rejects.toThrow(HttpRequestError);
  });

  test('several members are read as one, as gzip has it', async () => {
    const body = Buffer.concat([gzipSync('a 1\n'), gzipSync('b 2\n')]);

    expect(text(await decompress(body, 'gzip', MAX, 0))).toBe('a 1\nb 2\n');
  });

  test('any bytes give bytes or an HttpRequestError', async () => {
    const gzipHeader = [0x1f, 0x8b, 8, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('gzip', 'zstd'),
        fc.boolean(),
        async (bytes, encoding, withHeader) => {
          const body = Buffer.from([...(withHeader ? gzipHeader : []), ...bytes]);
          const result = await decompress(body, encoding, 1000, 0).catch((error: unknown) => error);
          expect(result instanceof Uint8Array || result instanceof HttpRequestError).toBe(true);
        },
      ),
    );
  });
});
