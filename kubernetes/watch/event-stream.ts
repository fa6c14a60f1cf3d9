/** The events of a watch: JSON objects, one a line. */
import { ClusterUnreachable } from '../api-errors.ts';

const LINE_FEED = 0x0a;
const LINE_BYTES_MAX = 16 * 1024 * 1024;

export interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}

/** Cuts a stream into lines; a line's bytes are copied only when chunks cut it. */
export class EventReader {
  readonly #onEvent: (event: WatchEvent) => void;
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  constructor(onEvent: (event: WatchEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** @throws ClusterUnreachable for what is no event, and what `onEvent` throws */
  push(chunk: Uint8Array): void {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      const line = Buffer.concat(this.#rest).toString();
      this.#rest = [];
      this.#restBytes = 0;
      if (line.trim() !== '') this.#onEvent(parseEvent(line));
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes > LINE_BYTES_MAX) throw new ClusterUnreachable('an event is too large');
    this.#rest.push(bytes);
  }
}

function parseEvent(line: string): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    // The parser's text would show what was sent.
  }
  if (typeof event === 'object' && event !== null && 'type' in event && 'object' in event) {
    const { type, object } = event;
    if (typeof type === 'string' && typeof object === 'object' && object !== null) {
      return { type, object: object as Record<string, unknown> };
    }
  }
  throw new ClusterUnreachable('the watch sent what is no event');
}
