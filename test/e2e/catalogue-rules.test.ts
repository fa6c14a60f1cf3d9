/** Built-in rules come with the first cluster and go with the last. */
import { afterAll, expect, test } from 'vitest';
import { runProgram, temporaryDir, until, writeFileIn } from './run-program.ts';

const dir = temporaryDir();
afterAll(() => dir.remove());

const OWN =
  'groups: [{ name: own, rules: [{ record: "instance:node_num_cpu:sum", expr: vector(1) }] }]';

async function recordedBy(url: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const response = await fetch(`${url}/api/v1/rules?type=record`);
  const { data } = (await response.json()) as {
    readonly data: {
      readonly groups: readonly {
        readonly file: string;
        readonly rules: readonly { readonly name: string }[];
      }[];
    };
  };
  const byFile = Map.groupBy(data.groups, ({ file }) => file);
  return new Map(
    [...byFile].map(([file, groups]) => [
      file,
      groups.flatMap(({ rules }) => rules.map(({ name }) => name)),
    ]),
  );
}

test('the catalogue is recorded while a cluster is known', async () => {
  writeFileIn(dir.path, 'rules.yml', OWN);
  const config = writeFileIn(dir.path, 'prometheus.yml', 'rule_files: [rules.yml]\n');
  const program = await runProgram([
    'serve',
    `--config.file=${config}`,
    `--data=${dir.path}/data`,
    '--listen=127.0.0.1:0',
  ]);
  const { url } = program;
  expect([...(await recordedBy(url)).keys()]).toEqual([`${dir.path}/rules.yml`]);
  const added = await fetch(`${url}/api/v1/clusters`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'away', server: 'https://127.0.0.1:9', token: 't' }),
  });
  expect(added.status, await added.text()).toBeLessThan(300);
  const recorded = await until(async () => {
    const found = await recordedBy(url);
    return found.has('builtin:catalogue') ? found : undefined;
  });
  expect(recorded.get('builtin:catalogue')).toContain('wk_pod_cpu_usage_cores');
  const mixin = recorded.get('builtin:kubernetes-mixin');
  expect(mixin).toContain('instance:node_cpu_utilisation:rate5m');
  // The user's own file records it.
  expect(mixin).not.toContain('instance:node_num_cpu:sum');
  const removed = await fetch(`${url}/api/v1/clusters/away`, { method: 'DELETE' });
  expect(removed.status).toBeLessThan(300);
  await until(async () => ((await recordedBy(url)).has('builtin:catalogue') ? undefined : true));
  await program.stop();
});
