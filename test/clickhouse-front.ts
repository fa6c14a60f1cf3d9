/**
 * ClickHouse's HTTP interface, as far as `@clickhouse/client` uses it, over an embedded engine: so
 * that the way to a server is tested where there is none.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { setParamStatements } from '../store/clickhouse/bound-query.ts';

export interface ClickHouseFront {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** While true every connection is cut without an answer. */
  isAway: boolean;
  /** Code and text that the next inserts are refused with. */
  refuseInserts: { readonly code: number; readonly text: string } | undefined;
  close(): Promise<void>;
}

/** Settings of the HTTP layer, which the embedded engine does not know. */
const HTTP_SETTINGS =
  /^(wait_end_of_query|cancel_http|http_|send_progress|enable_http|buffer_size)/;
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'role',
]);

interface Request {
  readonly query: string;
  readonly params: Record<string, string>;
  readonly settings: ReadonlyMap<string, string>;
  readonly database: string;
  readonly body: Buffer;
}

export async function openClickHouseFront(): Promise<ClickHouseFront> {
  const dir = mkdtempSync(join(tmpdir(), 'wk-front-'));
  const holder = new Session(join(dir, 'db'));
  const username = 'watch';
  const password = 'keeper';
  const credentials = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const front: ClickHouseFront = {
    url: '',
    username,
    password,
    isAway: false,
    refuseInserts: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      holder.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  let nextFile = 1;
  const run = async (request: Request): Promise<Uint8Array> => {
    const session = new Session(join(dir, 'db'));
    const insertPath = join(dir, `insert-${nextFile++}.native`);
    try {
      let sql = request.query;
      if (request.database !== '') await session.queryAsync(`USE \`${request.database}\``);
      if (request.body.length > 0) {
        if (front.refuseInserts !== undefined) {
          const { code, text } = front.refuseInserts;
          throw new Error(`Code: ${code}. DB::Exception: ${text}`);
        }
        writeFileSync(insertPath, request.body);
        const match = /^(INSERT INTO \S+) (\(([^)]*)\)) FORMAT Native$/.exec(sql.trim());
        if (match === null) throw new Error(`Code: 62. DB::Exception: cannot insert by ${sql}`);
        sql = `${match[1]} ${match[2]} SELECT ${match[3]} FROM file('${insertPath}', 'Native')`;
      }
      const sets = [...request.settings].map(([name, value]) => `${name} = '${value}'`);
      sets.sort((a, b) => Number(a.startsWith('readonly')) - Number(b.startsWith('readonly')));
      const prefix = sets.length === 0 ? '' : `SET ${sets.join(', ')}; `;
      const params = setParamStatements(rawParams(request.params));
      const result = await session.queryAsync(`${params}${prefix}${sql}`, { format: 'TSV' });
      return result.bytes();
    } finally {
      session.close();
      rmSync(insertPath, { force: true });
    }
  };
  const server = createServer((req, res) => {
    if (front.isAway) {
      req.socket.destroy();
      return;
    }
    answer(req, res, credentials, run).catch((error: unknown) => res.destroy(error as Error));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return Object.assign(front, { url: `http://127.0.0.1:${port}` });
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  credentials: string,
  run: (request: Request) => Promise<Uint8Array>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  if (req.headers.authorization !== credentials) {
    refuse(res, 403, 516, 'Authentication failed');
    return;
  }
  try {
    const bytes = await run(readRequest(req, Buffer.concat(chunks)));
    res.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    res.end(bytes);
  } catch (error) {
    const text = (error as Error).message;
    refuse(res, 500, Number(/^Code: (\d+)/.exec(text)?.[1] ?? 1002), text);
  }
}

function refuse(res: ServerResponse, status: number, code: number, text: string): void {
  const message = text.startsWith('Code:') ? text : `Code: ${code}. DB::Exception: ${text}`;
  res.writeHead(status, { 'X-ClickHouse-Exception-Code': String(code) });
  res.end(message);
}

function readRequest(req: IncomingMessage, body: Buffer): Request {
  const url = new URL(req.url ?? '/', 'http://front');
  const fields = new Map<string, string>(url.searchParams);
  const inUrl = fields.get('query');
  const params: Record<string, string> = {};
  const settings = new Map<string, string>();
  for (const [name, value] of fields) {
    if (name.startsWith('param_')) params[name.slice(6)] = value;
    else if (!NOT_SETTINGS.has(name) && !HTTP_SETTINGS.test(name)) settings.set(name, value);
  }
  return {
    query: inUrl ?? body.toString('utf8'),
    params,
    settings,
    database: fields.get('database') ?? '',
    body: inUrl === undefined ? Buffer.alloc(0) : body,
  };
}

/** A server unescapes parameters once; so they are unescaped here before they are escaped again. */
function rawParams(params: Record<string, string>): Record<string, string> {
  const escapes: Record<string, string> = {
    t: '\t',
    n: '\n',
    r: '\r',
    b: '\b',
    f: '\f',
    '0': '\0',
  };
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      value.replace(/\\([\s\S])/g, (_, char: string) => escapes[char] ?? char),
    ]),
  );
}
