import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SealError, SecretBox } from './secret-box.ts';

describe('SecretBox', () => {
  const box = new SecretBox(randomBytes(32));

  test('opens what it sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, purpose) => {
        expect(box.open(box.seal(text, purpose), purpose)).toBe(text);
      }),
    );
  });

  test('seals the same text differently each time', () => {
    expect(box.seal('a', 'p')).not.toBe(box.seal('a', 'p'));
    expect(box.seal('s3cret', 'p')).not.toContain('s3cret');
  });

  test('opens nothing of another key, another purpose, or changed', () => {
    const sealed = box.seal('text', 'cluster/a');
    expect(() => new SecretBox(randomBytes(32)).open(sealed, 'cluster/a')).toThrow(SealError);
    expect(() => box.open(sealed, 'cluster/b')).toThrow(SealError);
    const bytes = Buffer.from(sealed.slice(3), 'base64');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] as number) ^ 1;
      expect(() => box.open(`v1:${changed.toString('base64')}`, 'cluster/a')).toThrow(SealError);
    }
    for (const text of ['', 'v1:', 'v2:AAAA', 'v1:AAAA']) {
      expect(() => box.open(text, 'p')).toThrow(SealError);
    }
    expect(() => new SecretBox(randomBytes(16))).toThrow(RangeError);
  });
});
