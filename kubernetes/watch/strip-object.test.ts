import { expect, test } from 'vitest';
import { ObjectStripper } from './strip-object.ts';

test('nothing that is secret is kept', () => {
  const secret = {
    metadata: { name: 's' },
    type: 'Opaque',
    data: { key: 'dmFsdWU=' },
    stringData: {},
  };
  new ObjectStripper().strip(secret, 'Secret');
  expect(secret).toEqual({ metadata: { name: 's' }, type: 'Opaque' });
});

test('the data of other kinds stays', () => {
  const map = { metadata: { name: 'm' }, data: { key: 'value' } };
  new ObjectStripper().strip(map, 'ConfigMap');
  expect(map.data).toEqual({ key: 'value' });
});
