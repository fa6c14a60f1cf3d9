import { expect, test } from 'vitest';
import { labelsFamily, mapLabels } from './label-families.ts';

test('keys become names in snake case, and those that clash are numbered by key', () => {
  expect(mapLabels('label', { 'app.kubernetes.io/nameOf': 'x', K8sApp: 'y' })).toEqual([
    'label_k8s_app',
    'y',
    'label_app_kubernetes_io_name_of',
    'x',
  ]);
  expect(mapLabels('label', { 'a-b': '1', 'a.b': '2', a_b: '3' })).toEqual([
    'label_a_b_conflict1',
    '1',
    'label_a_b_conflict2',
    '2',
    'label_a_b_conflict3',
    '3',
  ]);
  // A key that looks like a numbered name keeps its number, and gets one more.
  expect(mapLabels('label', { A: '1', a: '2', 'a.conflict1': '3' })).toEqual([
    'label_a_conflict1_conflict1',
    '1',
    'label_a_conflict2',
    '2',
    'label_a_conflict1_conflict2',
    '3',
  ]);
});

test('an allow-list lets keys through', () => {
  const labels = { app: '1', 'app.kubernetes.io/name': '2', tier: '3' };
  const f = (allow: readonly string[], expected: readonly string[] | undefined): void => {
    const metadata = { name: 'o', uid: 'u', resourceVersion: '1', labels };
    const rows = labelsFamily('kube_pod', allow)[0]?.rows({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
    });
    expect([allow, rows?.[0]?.labels]).toEqual([allow, expected]);
  };
  f([], undefined);
  f(['none'], []);
  f(['tier'], ['label_tier', '3']);
  f(['app*'], ['label_app', '1', 'label_app_kubernetes_io_name', '2']);
  f(['*/name', 'tier'], ['label_app_kubernetes_io_name', '2', 'label_tier', '3']);
  f(['*'], ['label_app', '1', 'label_app_kubernetes_io_name', '2', 'label_tier', '3']);
  // Everything is only for the first; with two wildcards a pattern is none.
  f(['tier', '*'], ['label_tier', '3']);
  f(['*p*'], []);
});
