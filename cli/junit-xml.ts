/** Results of tests in the form that CI systems read. */
import type { RuleTestResult } from '../rules/unit-test/run-rule-tests.ts';

export function junitXml(results: readonly RuleTestResult[]): string {
  const suites = results.map(({ file, problems, tests }) => {
    // A file that could not be run has no tests, and counts as one that failed.
    const cases =
      tests.length === 0 && problems.length > 0 ? [{ name: file, problems, durationMs: 0 }] : tests;
    const failed = cases.filter((one) => one.problems.length > 0).length;
    const lines = cases.map((one) => testCase(file, one));
    return `  <testsuite name="${escape(file)}" tests="${cases.length}" failures="${failed}" errors="0">\n${lines.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function testCase(
  file: string,
  { name, problems, durationMs }: RuleTestResult['tests'][number],
): string {
  const seconds = (durationMs / 1000).toFixed(3);
  const head = `    <testcase classname="${escape(file)}" name="${escape(name)}" time="${seconds}"`;
  if (problems.length === 0) return `${head}/>\n`;
  const failures = problems.map((text) => `      <failure>${escape(text)}</failure>\n`).join('');
  return `${head}>\n${failures}    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Control characters are not allowed in XML, not even escaped. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(FORBIDDEN, '\ufffd')
    .replaceAll(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
