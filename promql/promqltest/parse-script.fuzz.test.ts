import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScript } from './parse-script.ts';
import { ScriptError } from './script.ts';

const SCRIPT = `
load_with_nhcb 1m
  x_bucket{le="1"} 0+1x3 _ stale
  x_bucket{le="+Inf"} 1+1x3
  y@st -30s -1m+10sx2
  y 1 2 3 4
  z {{schema:1 sum:2 count:3 buckets:[1 2]}}+{{schema:1 count:1}}x2

eval instant at 5m sum(rate(x_bucket[5m]))
  expect warn regex: a(b|c)
  expect no_info
  {} 1

eval_fail range from 0 to 5m step 1m x
  expected_fail_message no

eval instant at 5m x[3m]
  expect range vector from 3m to 5m step 1m
  expect string "a"
  x 1 2 3
clear
`;

test('no text makes the reader fail in another way than with a ScriptError', () => {
  const position = fc.nat(SCRIPT.length);
  const noise = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom('\n', '{', '}', '"', ' ', 'x', '@st', 'expect ', 'eval ', 'load ', '-', '9'),
  );
  fc.assert(
    fc.property(position, fc.nat(12), noise, (at, cut, text) => {
      const broken = SCRIPT.slice(0, at) + text + SCRIPT.slice(at + cut);
      try {
        parseScript(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(ScriptError);
      }
    }),
    { numRuns: 500 },
  );
});
