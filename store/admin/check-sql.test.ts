import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueryError } from '../clickhouse/engine-error.ts';
import { checkReadOnlySql, SQL_BYTES_MAX } from './check-sql.ts';

const functions = new Set(['file', 'url', 's3', 'numbers', 'remote', 'merge', 'view']);
const check = (sql: string) => checkReadOnlySql(sql, functions);

describe('checkReadOnlySql', () => {
  test.each([
    ['SELECT 1', 'SELECT 1'],
    ['  select count() from numbers(10) ; ', '  select count() from numbers(10)'],
    ["WITH x AS (SELECT ';' AS a) SELECT * FROM x", "WITH x AS (SELECT ';' AS a) SELECT * FROM x"],
    ["SELECT 'file(' || \"file\" -- url('x'); \n FROM t", undefined],
    ['SELECT /* url(1) */ 1', undefined],
    ['EXPLAIN SELECT file FROM t', undefined],
    ["SELECT format('{}', a), settings, outfile(1) FROM t", undefined],
    ['SHOW TABLES', undefined],
    ['(SELECT 1) UNION ALL (SELECT 2)', undefined],
    ['SELECT * FROM system.tables', undefined],
  ])('allows %s', (sql, want) => expect(check(sql)).toBe(want ?? sql));

  test.each([
    '',
    ';',
    'DROP TABLE samples',
    'SELECT 1; DROP TABLE samples',
    "SELECT * FROM file('/etc/passwd')",
    "SELECT * FROM FILE ('/etc/passwd')",
    "SELECT * FROM `file`('/etc/passwd')",
    'SELECT * FROM "url"(\'http://a\')',
    "SELECT * FROM/**/s3/**/('a')",
    "SELECT * FROM remote\n('a', system.one)",
    "SELECT 1 INTO OUTFILE 'x'",
    'SELECT 1 FORMAT Null',
    'SELECT 1 SETTINGS max_threads = 1',
    'SELECT json FROM documents',
    'SELECT json FROM watchkeeper.`documents` AS d',
    'SELECT json FROM "Program_State"',
    'SELECT json FROM "doc\\x75ments"',
    'SELECT * FROM system.processes',
    'SELECT * FROM `system`.`query_log`',
    "SELECT 'a",
    'SELECT 1 /* open',
    'SELECT $$a$$',
    `SELECT ${' '.repeat(SQL_BYTES_MAX)}`,
  ])('refuses %j', (sql) => expect(() => check(sql)).toThrow(QueryError));

  test('any text is allowed or refused with a QueryError', () => {
    const part = fc.constantFrom(
      "'",
      '"',
      '`',
      '\\',
      '--',
      '/*',
      '*/',
      'file',
      '(',
      ')',
      ';',
      ' ',
      '\n',
      'select',
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const sql = `SELECT ${parts.join('')}`;
        try {
          const checked = check(sql);
          expect(sql.startsWith(checked)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
