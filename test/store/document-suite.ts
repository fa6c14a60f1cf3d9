/** What the documents and the state of every store have to do. */
import { describe, expect, test } from 'vitest';
import {
  DOCUMENT_BYTES_MAX,
  DocumentConflictError,
  DocumentSizeError,
} from '../../model/documents.ts';
import type { TestStore } from './open-test-store.ts';

const NEVER = new AbortController().signal;

export function documentSuite(opened: () => TestStore): void {
  describe('documents', () => {
    test('every version is kept, the newest is there after a restart', async () => {
      const { documents } = opened().store;
      const json = JSON.stringify({ text: 'ü"\\\n\t\0 \u{1f600}', nested: [1, null] });
      await documents.put({ kind: 'policy', id: 'ä/1', json: '{}', author: 'anna' });
      await documents.put({ kind: 'policy', id: 'ä/1', json, author: 'ben' });
      await documents.put({ kind: 'policy', id: '0', json: '1', author: '' });
      await documents.put({ kind: 'other', id: 'ä/1', json: '2', author: '' });

      const reopened = (await opened().reopen()).documents;

      expect(reopened.get('policy', 'ä/1')).toMatchObject({ json, version: 2, author: 'ben' });
      expect(reopened.list('policy').map(({ id }) => id)).toEqual(['0', 'ä/1']);
      const next = { kind: 'policy', id: 'ä/1', json: '3', author: 'anna' };
      expect(await reopened.put(next)).toMatchObject({ version: 3 });
      const versions = await reopened.history(next, 10, NEVER);
      expect(versions.map((one) => [one.version, one.author, one.json])).toEqual([
        [3, 'anna', '3'],
        [2, 'ben', json],
        [1, 'anna', '{}'],
      ]);
      expect(await reopened.history(next, 1, NEVER)).toHaveLength(1);
    });

    test('a change made from an older version is refused, and changes nothing', async () => {
      const { documents } = opened().store;
      const first = { kind: 'c', id: 'x', json: '1', author: '' };
      await documents.put({ ...first, expectedVersion: 0 });

      await expect(documents.put({ ...first, expectedVersion: 0 })).rejects.toThrow(
        DocumentConflictError,
      );
      await expect(documents.delete(first, '', 2)).rejects.toMatchObject({ currentVersion: 1 });
      expect(await documents.put({ ...first, json: '2', expectedVersion: 1 })).toMatchObject({
        version: 2,
      });
      expect(documents.get('c', 'x')?.json).toBe('2');
    });

    test('a deleted document is gone, its history is not, its versions go on', async () => {
      const { documents } = opened().store;
      const name = { kind: 'd', id: 'x' };
      await documents.put({ ...name, json: '1', author: '' });
      expect(await documents.delete(name, 'eve')).toBe(true);
      expect(await documents.delete(name, 'eve')).toBe(false);

      const reopened = (await opened().reopen()).documents;
      expect(reopened.get('d', 'x')).toBeUndefined();
      expect(reopened.list('d')).toEqual([]);
      expect(await reopened.history(name, 10, NEVER)).toMatchObject([
        { version: 2, json: undefined, author: 'eve' },
        { version: 1, json: '1' },
      ]);
      expect(await reopened.put({ ...name, json: '3', author: '' })).toMatchObject({ version: 3 });
    });

    test('one that is too large is refused', async () => {
      const json = 'x'.repeat(DOCUMENT_BYTES_MAX + 1);
      const change = { kind: 'e', id: 'x', json, author: '' };
      await expect(opened().store.documents.put(change)).rejects.toThrow(DocumentSizeError);
      expect(opened().store.documents.get('e', 'x')).toBeUndefined();
    });
  });

  test('state: the last version of each is there after a restart', async () => {
    const { state } = opened().store;
    const many = Array.from({ length: 25_000 }, (_, at) => ({
      kind: 's',
      key: String(at),
      json: `{"at":${at}}`,
    }));
    await state.save(many, []);
    await state.save([{ kind: 's', key: '1', json: '{"at":"new"}' }], [{ kind: 's', key: '2' }]);

    const reopened = (await opened().reopen()).state;
    await reopened.save([{ kind: 's', key: '3', json: 'newest' }], []);
    const found = await (await opened().reopen()).state.load(['s', 'none']);

    expect(found).toHaveLength(24_999);
    const byKey = new Map(found.map(({ key, json }) => [key, json]));
    expect(byKey.get('1')).toBe('{"at":"new"}');
    expect(byKey.has('2')).toBe(false);
    expect(byKey.get('3')).toBe('newest');
    expect(byKey.get('24999')).toBe('{"at":24999}');
  });
}
