import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-source.ts';
import { runScript } from './run-script.ts';
import { ScriptError } from './script.ts';
import { scriptEngine } from './test-engine.ts';

/** @returns per eval: undefined when it passed, else what was got */
async function run(script: string): Promise<readonly (string | undefined)[]> {
  const problems: (string | undefined)[] = [];
  for await (const { problem } of runScript(script, scriptEngine(), new MemoryStorage())) {
    problems.push(problem?.got);
  }
  return problems;
}

const LOAD = `
load 1m
  http_requests{job="a"} 0+10x10
  http_requests{job="b"} 0+20x10
  h {{schema:0 sum:5 count:3 buckets:[1 2]}}x10
`;

describe('an eval passes', () => {
  const f = async (script: string): Promise<void> =>
    expect(await run(`${LOAD}\n${script}`)).toEqual([undefined]);

  test('when series and values are as expected, in any order', async () => {
    await f(`
eval instant at 5m http_requests
  http_requests{job="b"} 100
  http_requests{job="a"} 50`);
  });

  test('when each step of a range is', async () => {
    await f(`
eval range from 0 to 4m step 2m http_requests{job="a"}
  http_requests{job="a"} 0 20 40`);
  });

  test('when a histogram is, apart from rounding and empty buckets', async () => {
    await f(`
eval instant at 5m h
  h {{schema:0 sum:5.000001 count:3 buckets:[0 1 2 0] offset:-1}}`);
  });

  test('when a range vector has the points', async () => {
    await f(`
eval instant at 5m http_requests{job="a"}[3m]
  expect range vector from 3m to 5m step 1m
  http_requests{job="a"} 30 40 50`);
  });

  test('when it fails as expected', async () => {
    await f(`
eval instant at 5m http_requests / ignoring(job) http_requests
  expect fail regex: many-to-many matching not allowed`);
  });

  test('when there is the string or scalar', async () => {
    await f('eval instant at 5m "abc"\n  expect string `abc`');
    await f('eval instant at 5m 1 + 1\n  2');
  });
});

describe('an eval does not pass', () => {
  const f = async (script: string, got: string | RegExp): Promise<void> => {
    const [problem] = await run(`${LOAD}\n${script}`);
    expect(problem).toMatch(got);
  };

  test('with another value, a missing or a further series', async () => {
    await f('eval instant at 5m http_requests{job="a"}\n  http_requests{job="a"} 51', / 50$/);
    await f('eval instant at 5m http_requests\n  http_requests{job="a"} 50', /job="b"/);
    await f('eval instant at 5m nothing\n  nothing 1', '');
    await f(
      'eval range from 0 to 2m step 1m http_requests{job="a"}\n  http_requests{job="a"} 0 10',
      /20@120000/,
    );
  });

  test('with a float for a histogram, or another kind of result', async () => {
    await f('eval instant at 5m h\n  h 3', /schema|count/);
    await f('eval instant at 5m http_requests{job="a"}\n  50', /series/);
    await f('eval instant at 5m 2\n  {} 2', /scalar 2/);
  });

  test('with an order that is not expected', async () => {
    await f(
      'eval instant at 5m sort(http_requests)\n  expect ordered\n  http_requests{job="b"} 100\n  http_requests{job="a"} 50',
      /job="a".*job="b"/,
    );
  });

  test('with an annotation too many or too few', async () => {
    await f(
      'eval instant at 5m rate(http_requests[5m])\n  expect no_info\n  {job="a"} 0.1\n  {job="b"} 0.2',
      /PromQL info/,
    );
    await f('eval instant at 5m http_requests\n  expect warn', 'no warning');
  });

  test('when an error is expected and none comes, another comes, or one comes unexpectedly', async () => {
    await f('eval instant at 5m http_requests\n  expect fail', /an answer/);
    const query = 'http_requests / ignoring(job) http_requests';
    await f(`eval instant at 5m ${query}\n  expect fail msg: x`, /many-to-many/);
    await f(`eval instant at 5m ${query}`, /error: /);
  });

  test('when the query does not parse, whatever is expected', async () => {
    await f('eval instant at 5m http_requests{\n  expect fail', /parse error/);
  });
});

test('clear empties the storage, a load adds to it', async () => {
  const count = (n: number): string => `eval instant at 20m count(x)\n  {} ${n}\n\n`;
  const script = `load 1m\n  x{a="1"} 1x20\n\n${count(1)}load 1m\n  x{a="2"} 1x20\n\n${count(2)}clear\n\neval instant at 20m x\n`;
  expect(await run(script)).toEqual([undefined, undefined, undefined]);
});

test('what is no command stops the script and names the line', async () => {
  await expect(run('load 1m\n  x 1\n\nsave 1m\n')).rejects.toThrow(ScriptError);
  await expect(run('load 1m\n  x 1\n\nsave 1m\n')).rejects.toThrow(/^line 4: /);
  await expect(run('load one\n  x 1\n')).rejects.toThrow(/^line 1: /);
  await expect(run('load 1m\n  x{ 1\n')).rejects.toThrow(/^line 2: /);
});

test('histograms carry the hints that a Prometheus would give for stored ones', async () => {
  expect(
    await run(`
load 1m
  h {{count:1 sum:1 buckets:[1]}} {{count:2 sum:2 buckets:[2]}} {{count:1 sum:1 buckets:[1]}}

eval range from 0 to 2m step 1m h
  h {{count:1 sum:1 buckets:[1] counter_reset_hint:unknown}} {{count:2 sum:2 buckets:[2] counter_reset_hint:not_reset}} {{count:1 sum:1 buckets:[1] counter_reset_hint:unknown}}
`),
  ).toEqual([undefined]);
});
