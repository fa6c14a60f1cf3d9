/** `npm run bench -- <name>… [--quick]`: us and the peers on the same data, with the ratio. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

interface Benchmark {
  run(isQuick: boolean): Promise<void>;
}

const SUFFIX = '.bench.ts';
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (positionals.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run bench -- <name>… [--quick]; names: ${names.join(', ')}`);
  process.exit(2);
}
for (const name of positionals) {
  const module = (await import(resolve(import.meta.dirname, `${name}${SUFFIX}`))) as Benchmark;
  await module.run(values.quick);
}
