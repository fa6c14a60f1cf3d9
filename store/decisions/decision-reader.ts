import {
  type AlertDecision,
  type AlertDecisionSource,
  DECISION_KINDS,
  type DecidedAlert,
  type SentMessage,
} from '../../model/alert-decisions.ts';
import { type AlertMatcher, matchesAlert } from '../../model/alert-matchers/alert-matcher.ts';
import { Labels } from '../../model/labels.ts';
import type { ParamValue } from '../clickhouse/bound-query.ts';
import type { Engine } from '../clickhouse/engine.ts';

type LabelRecord = Readonly<Record<string, string>>;

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Names as in the model, so that a row of the answer is a decision. */
const COLUMNS = `toUnixTimestamp64Milli(ts) AS atMs, fingerprint, labels, kind, reason,
  isNaN(value) ? NULL : value AS value, rule_group AS ruleGroup, receiver, integration,
  group_key AS groupKey, caused_by AS by, attempts AS attemptCount`;

/** A row that was inserted twice is one decision. */
const ONCE = 'LIMIT 1 BY fingerprint, ts, kind, receiver, integration, groupKey';

const IN_RANGE = `ts >= fromUnixTimestamp64Milli({from:Int64}) AND
  ts <= fromUnixTimestamp64Milli({to:Int64})`;

/** Alerts that are looked at, when regular expressions choose among them. */
const CANDIDATES_MAX = 20_000;

/** Reads decisions from ClickHouse. */
export class DecisionReader implements AlertDecisionSource {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async alerts(
    matchers: readonly AlertMatcher[],
    range: Range,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly DecidedAlert[]> {
    const where = conditions(matchers, range);
    const rows = await this.#rows<{ fingerprint: string; found: LabelRecord; lastMs: number }>(
      `SELECT fingerprint, any(labels) AS found, toUnixTimestamp64Milli(max(ts)) AS lastMs
        FROM alert_decisions WHERE ${where.sql} GROUP BY fingerprint
        ORDER BY lastMs DESC, fingerprint LIMIT {candidates:UInt32}`,
      { ...where.params, candidates: CANDIDATES_MAX },
      signal,
    );
    return rows
      .map(({ fingerprint, found, lastMs }) => {
        return { fingerprint, labels: Labels.fromRecord(found), lastMs };
      })
      .filter(({ labels }) => matchesAlert(matchers, labels))
      .slice(0, limit);
  }

  async decisions(
    fingerprint: string,
    toMs: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly AlertDecision[]> {
    const rows = await this.#rows<
      Omit<AlertDecision, 'labels' | 'value'> & {
        readonly labels: LabelRecord;
        readonly value: number | null;
      }
    >(
      `SELECT ${COLUMNS} FROM alert_decisions
        WHERE fingerprint = {fingerprint:String} AND ts <= fromUnixTimestamp64Milli({to:Int64})
        ORDER BY ts DESC ${ONCE} LIMIT {limit:UInt32}`,
      { fingerprint, to: toMs, limit },
      signal,
    );
    return rows
      .map((row) => ({
        ...row,
        labels: Labels.fromRecord(row.labels),
        value: row.value ?? Number.NaN,
      }))
      .sort((a, b) => a.atMs - b.atMs || rank(a) - rank(b));
  }

  async sentMessages(
    matchers: readonly AlertMatcher[],
    range: Range,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SentMessage[]> {
    const rows = await this.#rows<
      Omit<SentMessage, 'alerts'> & { readonly alerts: readonly LabelRecord[] }
    >(
      `SELECT toUnixTimestamp64Milli(ts) AS atMs, receiver, integration, group_key AS groupKey,
          groupUniqArray(labels) AS alerts
        FROM alert_decisions WHERE ${IN_RANGE} AND kind IN ('sent', 'sent_resolved')
        GROUP BY ts, receiver, integration, group_key
        ORDER BY ts DESC LIMIT {limit:UInt32}`,
      { from: range.fromMs, to: range.toMs, limit: CANDIDATES_MAX },
      signal,
    );
    return rows
      .map((row) => ({ ...row, alerts: row.alerts.map((labels) => Labels.fromRecord(labels)) }))
      .filter(({ alerts }) => alerts.some((labels) => matchesAlert(matchers, labels)))
      .slice(0, limit);
  }

  async #rows<T>(
    sql: string,
    params: Readonly<Record<string, ParamValue>>,
    signal: AbortSignal,
  ): Promise<T[]> {
    const text = await this.#engine.readText(
      {
        sql: `${sql}\nFORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0`,
        params,
      },
      { lane: 'interactive', signal },
    );
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }
}

/** What is decided at one time is decided in this order. */
function rank({ kind }: Pick<AlertDecision, 'kind'>): number {
  return DECISION_KINDS.indexOf(kind);
}

/** Equalities are ClickHouse's part; regular expressions are tried on what it finds. */
function conditions(
  matchers: readonly AlertMatcher[],
  { fromMs, toMs }: Range,
): { readonly sql: string; readonly params: Record<string, ParamValue> } {
  const sql = [IN_RANGE];
  const params: Record<string, ParamValue> = { from: fromMs, to: toMs };
  for (const [at, { type, name, value }] of matchers.entries()) {
    if (type !== '=') continue;
    params[`value${at}`] = value;
    if (name === 'alertname') {
      sql.push(`alertname = {value${at}:String}`);
      continue;
    }
    params[`name${at}`] = name;
    sql.push(`labels[{name${at}:String}] = {value${at}:String}`);
  }
  return { sql: sql.join(' AND '), params };
}
