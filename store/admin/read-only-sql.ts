import type { Engine } from '../clickhouse/engine.ts';
import { checkReadOnlySql } from './check-sql.ts';

/** Limits of a user's query: an answer is read by a person, or by a chart. */
export const SQL_ROWS_MAX = 100_000;
export const SQL_SECONDS_MAX = 30;
const SQL_MEMORY_RATIO = 0.5;

/** Queries of people over the tables of docs/storage.md. */
export class ReadOnlySql {
  readonly #engine: Engine;
  #tableFunctions: Promise<ReadonlySet<string>> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * @returns ClickHouse's format JSON, cut at about `SQL_ROWS_MAX` rows; 64-bit integers, NaN and
   *   infinities are strings
   * @throws QueryError, StoreUnavailableError, the signal's reason
   */
  async run(sql: string, signal: AbortSignal): Promise<string> {
    this.#tableFunctions ??= this.#readTableFunctions();
    const checked = checkReadOnlySql(sql, await this.#tableFunctions);
    const limits = {
      rowsMax: SQL_ROWS_MAX,
      timeSecondsMax: SQL_SECONDS_MAX,
      memoryBytesMax: this.#engine.limits.memoryBytesMax * SQL_MEMORY_RATIO,
    };
    return this.#engine.readSandboxed(`${checked}\nFORMAT JSON`, limits, signal);
  }

  async #readTableFunctions(): Promise<ReadonlySet<string>> {
    const sql = 'SELECT lower(name) FROM system.table_functions FORMAT TSV';
    try {
      const text = await this.#engine.readText({ sql, params: {} }, { lane: 'background' });
      return new Set(text.trim().split('\n'));
    } catch (error) {
      this.#tableFunctions = undefined;
      throw error;
    }
  }
}
