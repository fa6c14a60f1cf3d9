/** `npm run conformance -- <suite>… [--dir DIR]`: judges us by public cases. */
import { parseArgs } from 'node:util';
import { suitesDir } from '../suites.ts';
import { loadSuite, longSuiteNames, suiteNames } from './load-suites.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dir: { type: 'string' } },
});
const known = [...suiteNames(), ...longSuiteNames()];
const wanted = positionals.length === 0 ? suiteNames() : positionals;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const name of wanted) {
  const suite = await loadSuite(name);
  await suite.run(values.dir ?? suitesDir(), (result) => {
    if (result.skipped !== undefined) {
      skipped++;
      console.log(`skip  ${name} ${result.name}: ${result.skipped}`);
    } else if (result.ok) {
      passed++;
    } else {
      failed++;
      console.log(`FAIL  ${name} ${result.name}`);
      console.log(`  expected: ${result.expected ?? ''}`);
      console.log(`  got:      ${result.got ?? ''}`);
    }
  });
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
