import { expect, test } from 'vitest';
import { diffObjects } from './object-diff.ts';

test('list items are told apart by name, wherever they stand', () => {
  const before = {
    metadata: { resourceVersion: '1', labels: { 'app.kubernetes.io/name': 'cart' } },
    spec: {
      containers: [
        { name: 'side', image: 's:1' },
        { name: 'app', image: 'a:1' },
      ],
    },
  };
  const after = {
    metadata: { resourceVersion: '2', labels: { 'app.kubernetes.io/name': 'basket' } },
    spec: {
      containers: [
        { name: 'app', image: 'a:2' },
        { name: 'side', image: 's:1' },
      ],
    },
  };

  expect(diffObjects(before, after)).toEqual([
    { path: 'metadata.labels["app.kubernetes.io/name"]', before: 'cart', after: 'basket' },
    { path: 'spec.containers[name=app].image', before: 'a:1', after: 'a:2' },
  ]);
});

test('items without a name are compared by position; what is absent is undefined', () => {
  expect(diffObjects({ args: ['a', 'b'] }, { args: ['a'], command: ['x'] })).toEqual([
    { path: 'args[1]', before: 'b', after: undefined },
    { path: 'command', before: undefined, after: ['x'] },
  ]);
});
