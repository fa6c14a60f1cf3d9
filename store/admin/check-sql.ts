import { QueryError } from '../clickhouse/engine-error.ts';

/** ClickHouse's number for what we refuse ourselves: ACCESS_DENIED. */
const ACCESS_DENIED = 497;
export const SQL_BYTES_MAX = 256 * 1024;

/** Table functions that touch nothing but their arguments or tables of this database. */
const SAFE_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'primes',
  'values',
  'null',
  'view',
  'format',
  'generateseries',
  'generate_series',
  'generaterandom',
  'mergetreeindex',
]);

/** Ordinary functions that read files or load code. */
const UNSAFE_FUNCTIONS: ReadonlySet<string> = new Set([
  'file',
  'catboostevaluate',
  'modelevaluate',
]);

const FIRST_WORDS: ReadonlySet<string> = new Set([
  'select',
  'with',
  'show',
  'describe',
  'desc',
  'explain',
  '(',
]);

/** Tables of ours that hold what not everybody may see, such as the users. */
const PRIVATE_TABLES: ReadonlySet<string> = new Set(['documents', 'program_state']);

const SAFE_SYSTEM_TABLES: ReadonlySet<string> = new Set([
  'tables',
  'columns',
  'databases',
  'parts',
  'parts_columns',
  'functions',
  'formats',
  'data_type_families',
  'metrics',
  'events',
  'asynchronous_metrics',
  'merges',
  'mutations',
  'one',
  'numbers',
]);

export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'mark';
  readonly text: string;
}

/**
 * Refuses what reaches beyond the tables: the engine's read-only mode alone still opens files and
 * buckets.
 * @param tableFunctions all that the engine has, lower case
 * @returns the statement without a semicolon at its end
 * @throws QueryError
 */
export function checkReadOnlySql(sql: string, tableFunctions: ReadonlySet<string>): string {
  if (Buffer.byteLength(sql) > SQL_BYTES_MAX) throw denied(`longer than ${SQL_BYTES_MAX} bytes`);
  const tokens = tokenize(sql);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  const first = tokens[0]?.text.toLowerCase() ?? '';
  if (!FIRST_WORDS.has(first)) throw denied('only SELECT, SHOW, DESCRIBE and EXPLAIN are allowed');
  tokens.forEach((token, at) => {
    const name = token.text.toLowerCase();
    const next = tokens[at + 1]?.text;
    if (token.kind === 'mark') {
      if (token.text === ';') throw denied('more than one statement');
      return;
    }
    if (token.kind === 'word' && (name === 'outfile' || name === 'settings' || name === 'format')) {
      if (next !== '(' && next !== ',' && next !== ')')
        throw denied(`${token.text} is not allowed`);
    }
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    if (next === '(' && isUnsafeFunction(name, tableFunctions)) {
      throw denied(`the function ${token.text} is not allowed`);
    }
    // An escape could spell any name.
    if (token.kind === 'quoted' && name.includes('\\')) throw denied('a name with a backslash');
    if (PRIVATE_TABLES.has(name)) throw denied(`the table ${token.text} is not allowed`);
    if (name === 'system' && next === '.') {
      const table = tokens[at + 2]?.text.toLowerCase() ?? '';
      if (!SAFE_SYSTEM_TABLES.has(table)) throw denied(`the table system.${table} is not allowed`);
    }
  });
  return sql.replace(/[\s;]+$/, '');
}

function isUnsafeFunction(name: string, tableFunctions: ReadonlySet<string>): boolean {
  if (UNSAFE_FUNCTIONS.has(name)) return true;
  return tableFunctions.has(name) && !SAFE_TABLE_FUNCTIONS.has(name);
}

const TOKEN =
  /\s+|--[^\n]*|#![^\n]*|# [^\n]*|\/\*[\s\S]*?\*\/|('(?:[^'\\]|\\[\s\S]|'')*')|("(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`)|([A-Za-z_][A-Za-z0-9_]*)|(\d[\w.]*)|([\s\S])/gy;

/** Words, quoted names and marks of a statement; comments left out. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const [, string, quoted, word, number, mark] of sql.matchAll(TOKEN)) {
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.slice(1, -1) });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (mark !== undefined) {
      // A quote without its partner, or the opening of a comment without its end, would hide what
      // follows from us and perhaps not from the engine.
      if (mark === "'" || mark === '"' || mark === '`') throw denied('a quote is not closed');
      if (mark === '$') throw denied('heredocs are not allowed');
      tokens.push({ kind: 'mark', text: mark });
    }
  }
  if (tokens.some((token, at) => token.text === '/' && tokens[at + 1]?.text === '*')) {
    throw denied('a comment is not closed');
  }
  return tokens;
}

function denied(why: string): QueryError {
  return new QueryError(ACCESS_DENIED, 'bad_query', `query refused: ${why}`);
}
