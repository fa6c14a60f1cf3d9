import type { BoundQuery } from './bound-query.ts';
import type { FileInsert } from './engine.ts';

/**
 * One thread and one pass, so that the same file always makes the same blocks and the token tells
 * a repeat.
 */
const INSERT_SETTINGS = 'max_insert_threads = 1, max_threads = 1, insert_deduplicate = 1';

function columnNames(insert: FileInsert): string {
  return insert.columns.map((column) => column.name).join(', ');
}

/** For an engine that sees our files. Table and columns are constants of the schema. */
export function insertSelectFromFile(insert: FileInsert): BoundQuery {
  const structure = insert.columns.map((column) => `${column.name} ${column.type}`).join(', ');
  const names = columnNames(insert);
  return {
    sql: `INSERT INTO ${insert.table} (${names})
      SETTINGS ${INSERT_SETTINGS}, insert_deduplication_token = {token:String}
      SELECT ${names} FROM file({path:String}, 'Native', {structure:String})`,
    params: { path: insert.path, structure, token: insert.token },
  };
}

/** For a server that gets the file as the body. */
export function insertFromBody(insert: FileInsert): string {
  return `INSERT INTO ${insert.table} (${columnNames(insert)}) FORMAT Native`;
}
