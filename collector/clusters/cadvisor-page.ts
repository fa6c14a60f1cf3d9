/**
 * Makes a page of /metrics/cadvisor ready: of a container that restarts only the newer row counts,
 * and timestamps count only while the node's clock and its measuring go.
 */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { LF } from '../exposition/byte-classes.ts';
import type { Page } from '../scrape/fetch-page.ts';
import type { OpenPreparer, PagePreparer, PreparedPage } from '../scrape/page-preparer.ts';

/** Rows that lie further from the scrape's time get the scrape's. */
const LAG_MS_MAX = 60_000;
/** They are trusted again when they are nearer than this. */
const LAG_MS_TRUSTED = 45_000;

/** Families that have a row of every cgroup: when it began, and one with the time of its measuring. */
const START_TIMES = Buffer.from('container_start_time_seconds{');
const MEASURED = Buffer.from('container_memory_working_set_bytes{');
const ID = Buffer.from('id="');
const COMMA = 0x2c;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

export const openCadvisorPreparer: OpenPreparer = (target) => new CadvisorPreparer(target.labels);

class CadvisorPreparer implements PagePreparer {
  readonly #skewLabels: Labels;
  #isTrusted = true;

  constructor(target: Labels) {
    const pairs = [METRIC_NAME, 'wk_scrape_clock_skew', ...target.pairs];
    this.#skewLabels = Labels.fromPairs(pairs);
  }

  prepare(page: Page, scrapeTimeMs: number): PreparedPage {
    const { body } = page;
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const newestMs = newestTimestampMs(bytes);
    const superseded = supersededIds(bytes);
    const kept = superseded.size === 0 ? bytes : withoutIds(bytes, superseded);
    if (newestMs === undefined) {
      return { ...page, body: kept, trustsTimestamps: this.#isTrusted, also: [] };
    }
    const lagMs = scrapeTimeMs - newestMs;
    this.#isTrusted = Math.abs(lagMs) <= (this.#isTrusted ? LAG_MS_MAX : LAG_MS_TRUSTED);
    return {
      ...page,
      body: kept,
      trustsTimestamps: this.#isTrusted,
      also: [{ labels: this.#skewLabels, value: lagMs / 1000 }],
    };
  }
}

interface Started {
  readonly id: string;
  readonly startSeconds: number;
}

const ROW = /^container_start_time_seconds\{([^}]*)\} (\S+)/;

/** Values of the label `id`, as written, of cgroups whose place another has taken. */
function supersededIds(bytes: Buffer): ReadonlySet<string> {
  const newest = new Map<string, Started>();
  const superseded = new Set<string>();
  for (const [start, end] of rowsOf(bytes, START_TIMES)) {
    const [, labels, value] = ROW.exec(bytes.toString('utf8', start, end)) ?? [];
    if (labels === undefined) continue;
    const pod = labelOf(labels, 'pod');
    const id = labelOf(labels, 'id');
    if (pod === '' || id === '') continue;
    // The sandbox and the Pod's own cgroup have no container; the image sets them apart.
    const container = labelOf(labels, 'container');
    const kind = container === '' && labelOf(labels, 'image') === '' ? 'pod' : 'container';
    const key = [labelOf(labels, 'namespace'), pod, container, kind].join('\n');
    const other = newest.get(key);
    const startSeconds = Number(value);
    if (other !== undefined && startSeconds <= other.startSeconds) superseded.add(id);
    else {
      if (other !== undefined) superseded.add(other.id);
      newest.set(key, { id, startSeconds });
    }
  }
  return superseded;
}

/** Of the measurings on the page; undefined when they have no timestamps. */
function newestTimestampMs(bytes: Buffer): number | undefined {
  let newestMs: number | undefined;
  for (const [, end] of rowsOf(bytes, MEASURED)) {
    let timestampMs = 0;
    let scale = 1;
    let at = end - 1;
    for (; isDigit(bytes[at]); at--) {
      timestampMs += ((bytes[at] as number) - ZERO) * scale;
      scale *= 10;
    }
    // Without timestamp the value ends the line, after the brace and a space.
    const isTimestamp = bytes[at] === SPACE && bytes[at - 1] !== CLOSING_BRACE;
    if (isTimestamp) newestMs = Math.max(newestMs ?? 0, timestampMs);
  }
  return newestMs;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Where the lines of a family stand that begin so: they are together. */
function* rowsOf(bytes: Buffer, prefix: Buffer): Generator<readonly [start: number, end: number]> {
  const isAt = (at: number): boolean =>
    bytes.compare(prefix, 0, prefix.length, at, Math.min(at + prefix.length, bytes.length)) === 0;
  let at = 0;
  if (!isAt(0)) {
    const lineFeed = bytes.indexOf(Buffer.concat([Buffer.of(LF), prefix]));
    if (lineFeed < 0) return;
    at = lineFeed + 1;
  }
  while (at < bytes.length && isAt(at)) {
    const lineFeed = bytes.indexOf(LF, at);
    const end = lineFeed < 0 ? bytes.length : lineFeed;
    yield [at, end];
    at = end + 1;
  }
}

/** As written: escapes stay. */
function labelOf(labels: string, name: string): string {
  const key = `${name}="`;
  const at = labels.startsWith(key) ? 0 : labels.indexOf(`,${key}`) + 1;
  if (at === 0 && !labels.startsWith(key)) return '';
  const start = at + key.length;
  return labels.slice(start, labels.indexOf('"', start));
}

/** Takes the lines away in place; what is left is a part of the same bytes. */
function withoutIds(bytes: Buffer, ids: ReadonlySet<string>): Buffer {
  let kept = 0;
  let copiedTo = 0;
  for (const [start, end] of linesOf(bytes, ids)) {
    bytes.copyWithin(kept, copiedTo, start);
    kept += start - copiedTo;
    copiedTo = end;
  }
  bytes.copyWithin(kept, copiedTo);
  return bytes.subarray(0, kept + bytes.length - copiedTo);
}

/** In order, none twice. */
function linesOf(bytes: Buffer, ids: ReadonlySet<string>): readonly (readonly [number, number])[] {
  const lines = new Map<number, number>();
  for (const id of ids) {
    const label = Buffer.concat([ID, Buffer.from(`${id}"`)]);
    for (let at = bytes.indexOf(label); at >= 0; at = bytes.indexOf(label, at + label.length)) {
      const before = bytes[at - 1];
      if (before !== COMMA && before !== BRACE) continue;
      const start = bytes.lastIndexOf(LF, at) + 1;
      const lineFeed = bytes.indexOf(LF, at);
      lines.set(start, lineFeed < 0 ? bytes.length : lineFeed + 1);
    }
  }
  return [...lines].sort((a, b) => a[0] - b[0]);
}
