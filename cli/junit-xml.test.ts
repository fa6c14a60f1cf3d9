import { expect, test } from 'vitest';
import { junitXml } from './junit-xml.ts';

test('tests that pass, fail and cannot run are all there, texts escaped', () => {
  const xml = junitXml([
    {
      file: 'a.yml',
      problems: ['x < "y" & \u0001'],
      warnings: [],
      tests: [
        { name: 'good', problems: [], durationMs: 1500 },
        { name: '<bad>', problems: ['x < "y" & \u0001'], durationMs: 0 },
      ],
    },
    { file: 'b.yml', problems: ['no such file'], warnings: [], tests: [] },
  ]);
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="a.yml" tests="2" failures="1" errors="0">
    <testcase classname="a.yml" name="good" time="1.500"/>
    <testcase classname="a.yml" name="&lt;bad&gt;" time="0.000">
      <failure>x &lt; &quot;y&quot; &amp; \ufffd</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.yml" tests="1" failures="1" errors="0">
    <testcase classname="b.yml" name="b.yml" time="0.000">
      <failure>no such file</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
});
