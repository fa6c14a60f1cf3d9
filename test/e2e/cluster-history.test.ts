import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClusterEvent, RevisionHead } from '../../model/cluster-history.ts';
import { ApiClient } from '../cluster/api-client.ts';
import { describeWithCluster } from '../cluster/test-cluster.ts';
import { type RunningProgram, runProgram, temporaryDir, until } from './run-program.ts';

const NAMESPACE = 'wk-history-test';
const NAME = 'settings';
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

await describeWithCluster('events and changes of a real cluster', (cluster) => {
  const dir = temporaryDir();
  let program: RunningProgram;
  let api: ApiClient;
  let before: string | undefined;

  const start = () => runProgram([`--data=${dir.path}`, '--listen=127.0.0.1:0']);
  beforeAll(async () => {
    before = process.env['KUBECONFIG'];
    process.env['KUBECONFIG'] = cluster().kubeconfig;
    api = new ApiClient(cluster().access);
    await api.text('DELETE', `/api/v1/namespaces/${NAMESPACE}`).catch(() => undefined);
    await until(async () => {
      const made = api.text('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
      return await made.catch(() => undefined);
    }, 60_000);
    program = await start();
  });
  afterAll(async () => {
    await program.stop();
    await api.text('DELETE', `/api/v1/namespaces/${NAMESPACE}`).catch(() => undefined);
    await api.close();
    dir.remove();
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  });

  async function read<T>(path: string): Promise<T> {
    const response = await fetch(`${program.url}/api/v1/${path}`);
    return ((await response.json()) as { data: T }).data;
  }
  const changes = async () => {
    const path = `changes?namespace=${NAMESPACE}&name=${NAME}`;
    return (await read<{ revisions: readonly RevisionHead[] }>(path)).revisions;
  };
  const changesReach = (count: number) =>
    until(async () => {
      const found = await changes();
      return found.length >= count ? found : undefined;
    });

  test('each state of an object is there, and what differs between two', async () => {
    await api.text('POST', PATH, { metadata: { name: NAME }, data: { colour: 'red' } });
    const [added] = await changesReach(1);
    await api.text('PUT', `${PATH}/${NAME}`, {
      metadata: { name: NAME },
      data: { colour: 'blue' },
    });
    const [modified] = await changesReach(2);
    await api.text('DELETE', `${PATH}/${NAME}`);
    const all = await changesReach(3);

    expect(all.map((one) => one.change)).toEqual(['deleted', 'modified', 'added']);
    expect(added?.manager).not.toBe('');
    const object = `cluster=${added?.cluster}&kind=ConfigMap&namespace=${NAMESPACE}&name=${NAME}`;
    const [from, to] = [(added?.atMs ?? 0) / 1000, (modified?.atMs ?? 0) / 1000];
    const diff = await read<{ changes: unknown }>(`objects/diff?${object}&from=${from}&to=${to}`);
    expect(diff.changes).toEqual([{ path: 'data.colour', before: 'red', after: 'blue' }]);
    const now = await read<{ revision: RevisionHead; object: { data: unknown } }>(
      `objects/at?${object}`,
    );
    expect(now.revision.change).toBe('deleted');
    expect(now.object.data).toEqual({ colour: 'blue' });
  });

  test('a restart writes no event and no state twice', async () => {
    const events = async () =>
      (await read<{ events: readonly ClusterEvent[] }>('events?limit=5000')).events;
    await until(async () => ((await events()).length > 0 ? true : undefined));
    const table = async (sql: string) => {
      const answer = await read<{ data: { n: string }[] }>(`sql?query=${encodeURIComponent(sql)}`);
      return Number(answer.data[0]?.n);
    };
    await program.stop();
    program = await start();
    // A change that can only be seen after the caches have told all that is there.
    await api.text('POST', PATH, { metadata: { name: `${NAME}-2` }, data: {} });
    await until(async () => {
      const path = `changes?namespace=${NAMESPACE}&name=${NAME}-2`;
      const { revisions } = await read<{ revisions: readonly RevisionHead[] }>(path);
      return revisions.length > 0 ? true : undefined;
    });

    expect(await table('SELECT count() - uniqExact(cluster, uid, count) AS n FROM events')).toBe(0);
    expect(
      await table(
        "SELECT countIf(change = 'added') - uniqExactIf(uid, change = 'added') AS n FROM object_revisions",
      ),
    ).toBe(0);
  });
});
