import type {
  ClusterEvent,
  ClusterHistorySource,
  EventBucket,
  EventCursor,
  EventFilter,
  EventPage,
  ObjectName,
  ObjectRevision,
  RevisionFilter,
  RevisionHead,
} from '../../model/cluster-history.ts';
import { type ParamValue, TextList } from '../clickhouse/bound-query.ts';
import type { Engine, QueryOptions } from '../clickhouse/engine.ts';

/** Names as in the model, so that a row of the answer is an event. */
const EVENT_COLUMNS = `cluster, uid, type, reason, action, message, kind AS objectKind,
  namespace AS objectNamespace, name AS objectName, object_uid AS objectUid,
  field_path AS objectFieldPath, component, instance, count,
  toUnixTimestamp64Milli(first_ts) AS firstMs, toUnixTimestamp64Milli(ts) AS lastMs`;

const HEAD_COLUMNS = `cluster, api_group AS group, api_version AS version, kind, namespace, name,
  uid, resource_version AS resourceVersion, toUnixTimestamp64Milli(ts) AS atMs, change, manager,
  content_hash AS contentHash`;

const IN_RANGE = `ts >= fromUnixTimestamp64Milli({from:Int64}) AND
  ts <= fromUnixTimestamp64Milli({to:Int64})`;

/** Reads events and revisions from ClickHouse. */
export class HistoryReader implements ClusterHistorySource {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async events(
    filter: EventFilter,
    limit: number,
    after: EventCursor | undefined,
    signal: AbortSignal,
  ): Promise<EventPage> {
    const where = eventConditions(filter);
    // Only the newest row of an event counts, and which that is does not depend on the page.
    const rest =
      after === undefined
        ? ''
        : 'WHERE (lastMs, cluster, uid) < ({afterMs:Int64}, {afterCluster:String}, {afterUid:String})';
    const events = await this.#rows<ClusterEvent>(
      `SELECT * FROM (SELECT ${EVENT_COLUMNS} FROM events WHERE ${where.sql.join(' AND ')}
          ORDER BY ts DESC LIMIT 1 BY cluster, uid) ${rest}
        ORDER BY lastMs DESC, cluster DESC, uid DESC LIMIT {limit:UInt32}`,
      { ...where.params, ...cursorParams(after), limit: limit + 1 },
      { lane: 'interactive', signal },
    );
    const page = events.slice(0, limit);
    const last = page.at(-1);
    const next =
      events.length > limit && last !== undefined
        ? { lastMs: last.lastMs, cluster: last.cluster, uid: last.uid }
        : undefined;
    return { events: page, next };
  }

  eventHistogram(
    filter: EventFilter,
    stepMs: number,
    signal: AbortSignal,
  ): Promise<readonly EventBucket[]> {
    const where = eventConditions(filter);
    return this.#rows<EventBucket>(
      `SELECT intDiv(toUnixTimestamp64Milli(ts), {step:Int64}) * {step:Int64} AS startMs, type,
          reason, toUInt32(sum(delta)) AS count
        FROM (SELECT DISTINCT ts, type, reason, delta, cluster, uid, count FROM events
          WHERE ${where.sql.join(' AND ')})
        GROUP BY startMs, type, reason ORDER BY startMs, type, reason`,
      { ...where.params, step: stepMs },
      { lane: 'interactive', signal },
    );
  }

  revisions(
    filter: RevisionFilter,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly RevisionHead[]> {
    const where = new Conditions([IN_RANGE], { from: filter.fromMs, to: filter.toMs });
    where.anyOf('cluster', filter.clusters);
    where.anyOf('namespace', filter.namespaces);
    where.anyOf('kind', filter.kinds);
    where.anyOf('name', filter.names);
    where.anyOf('uid', filter.uids);
    return this.#rows<RevisionHead>(
      `SELECT ${HEAD_COLUMNS} FROM object_revisions WHERE ${where.sql.join(' AND ')}
        ORDER BY ts DESC LIMIT 1 BY cluster, uid, ts, content_hash LIMIT {limit:UInt32}`,
      { ...where.params, limit },
      { lane: 'interactive', signal },
    );
  }

  async objectAt(
    object: ObjectName,
    atMs: number,
    signal: AbortSignal,
  ): Promise<ObjectRevision | undefined> {
    const where = `cluster = {cluster:String} AND api_group = {group:String} AND kind = {kind:String}
      AND namespace = {namespace:String} AND name = {name:String}
      AND ts <= fromUnixTimestamp64Milli({at:Int64})`;
    const params = { ...object, at: atMs };
    const [head] = await this.#rows<ObjectRevision>(
      `SELECT ${HEAD_COLUMNS}, object FROM object_revisions WHERE ${where}
        ORDER BY ts DESC LIMIT 1`,
      params,
      { lane: 'interactive', signal },
    );
    if (head === undefined || head.object !== '') return head;
    // A deletion has no object of its own: the last that is known is what was deleted.
    const [last] = await this.#rows<{ object: string }>(
      `SELECT object FROM object_revisions WHERE ${where} AND object != '' AND uid = {uid:String}
        ORDER BY ts DESC LIMIT 1`,
      { ...params, uid: head.uid },
      { lane: 'interactive', signal },
    );
    return last === undefined ? head : { ...head, object: last.object };
  }

  async eventCounts(cluster: string, sinceMs: number): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#rows<{ uid: string; seen: number }>(
      `SELECT uid, max(count) AS seen FROM events
        WHERE cluster = {cluster:String} AND ts >= fromUnixTimestamp64Milli({since:Int64})
        GROUP BY uid`,
      { cluster, since: sinceMs },
      { lane: 'background' },
    );
    return new Map(rows.map((row) => [row.uid, row.seen]));
  }

  async liveRevisions(cluster: string): Promise<readonly RevisionHead[]> {
    const newest = await this.#rows<RevisionHead>(
      `SELECT ${HEAD_COLUMNS} FROM object_revisions WHERE cluster = {cluster:String}
        ORDER BY ts DESC LIMIT 1 BY uid`,
      { cluster },
      { lane: 'background' },
    );
    return newest.filter((revision) => revision.change !== 'deleted');
  }

  async #rows<T>(
    sql: string,
    params: Readonly<Record<string, ParamValue>>,
    options: QueryOptions,
  ): Promise<T[]> {
    const text = await this.#engine.readText(
      {
        sql: `${sql}\nFORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0`,
        params,
      },
      options,
    );
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }
}

function cursorParams(after: EventCursor | undefined): Record<string, ParamValue> {
  if (after === undefined) return {};
  return { afterMs: after.lastMs, afterCluster: after.cluster, afterUid: after.uid };
}

/** Parts of a WHERE clause with their values. */
class Conditions {
  readonly sql: string[];
  readonly params: Record<string, ParamValue>;

  constructor(sql: string[], params: Record<string, ParamValue>) {
    this.sql = sql;
    this.params = params;
  }

  /** @param column a column's name, which is also the parameter's */
  anyOf(column: string, texts: readonly string[]): void {
    if (texts.length === 0) return;
    this.sql.push(`${column} IN {${column}s:Array(String)}`);
    this.params[`${column}s`] = new TextList(texts);
  }
}

function eventConditions(filter: EventFilter): Conditions {
  const where = new Conditions([IN_RANGE], { from: filter.fromMs, to: filter.toMs });
  where.anyOf('cluster', filter.clusters);
  where.anyOf('namespace', filter.namespaces);
  where.anyOf('kind', filter.kinds);
  where.anyOf('name', filter.names);
  where.anyOf('reason', filter.reasons);
  where.anyOf('type', filter.types);
  if (filter.text !== '') {
    where.sql.push(
      '(positionCaseInsensitiveUTF8(message, {text:String}) > 0 OR ' +
        'positionCaseInsensitiveUTF8(reason, {text:String}) > 0)',
    );
    where.params['text'] = filter.text;
  }
  return where;
}
