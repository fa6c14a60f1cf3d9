/** Values that travel apart from the SQL text, as ClickHouse's `{name:Type}` parameters. */
export type ParamValue = string | number | bigint | IdList | TextList;

/**
 * UInt64 numbers as words: word 2i is the low half of number i. For `Array(UInt64)`. A class, so
 * that many ids are written straight into text, never as bigints.
 */
export class IdList {
  readonly words: Uint32Array;

  constructor(words: Uint32Array) {
    this.words = words;
  }

  get count(): number {
    return this.words.length >>> 1;
  }

  /** `[1,2,3]` */
  toString(): string {
    const { words } = this;
    const parts: string[] = [];
    for (let at = 0; at < words.length; at += 2) {
      parts.push(decimal64(words[at] as number, words[at + 1] as number));
    }
    return `[${parts.join(',')}]`;
  }
}

/** Texts for `Array(String)`. */
export class TextList {
  readonly texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.texts = texts;
  }

  /** `['a','b']` */
  toString(): string {
    return `[${this.texts.map((text) => `'${escape(text)}'`).join(',')}]`;
  }
}

/** The text is constant; values stand in `params`. */
export interface BoundQuery {
  readonly sql: string;
  readonly params: Readonly<Record<string, ParamValue>>;
}

const HIGH_EXACT_MAX = 0x1fffff;

/** An unsigned 64-bit number from its halves, in decimal. */
export function decimal64(low: number, high: number): string {
  if (high <= HIGH_EXACT_MAX) return String(high * 2 ** 32 + low);
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** A parameter as ClickHouse reads it: the escapes of its tab-separated format. */
function paramText(value: ParamValue): string {
  return typeof value === 'string' ? escape(value) : String(value);
}

/**
 * Statements that set the parameters of a session, for the embedded engine: its library runs
 * queries with parameters of its own one at a time in the whole process, session variables in
 * parallel.
 */
export function setParamStatements(params: BoundQuery['params']): string {
  return Object.entries(params)
    .map(([name, value]) => `SET param_${checkName(name)} = '${escape(paramText(value))}'; `)
    .join('');
}

/**
 * Parameters for a server: beside the text, as the client sends them in the URL. Long lists of ids
 * would not fit there; they are written into the text in place of their placeholder, which is safe
 * for what consists of digits and commas.
 */
export function splitParams(query: BoundQuery): {
  readonly sql: string;
  readonly params: Readonly<Record<string, string>>;
} {
  let { sql } = query;
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(query.params)) {
    if (value instanceof IdList && value.count > URL_IDS_MAX) {
      sql = sql.replaceAll(`{${checkName(name)}:Array(UInt64)}`, value.toString());
    } else params[name] = String(value);
  }
  return { sql, params };
}

/** Some 4 KB of a URL. */
const URL_IDS_MAX = 150;

function checkName(name: string): string {
  if (!/^[A-Za-z]\w*$/.test(name)) throw new Error(`not a parameter name: ${name}`);
  return name;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['\0', '\\0'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escape(text: string): string {
  return text.replace(/[\\'\0\b\f\n\r\t]/g, (char) => ESCAPES.get(char) ?? char);
}
