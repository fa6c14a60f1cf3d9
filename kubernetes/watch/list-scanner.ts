/**
 * Takes a list of the API (`{kind, apiVersion, metadata, items: […]}`) apart while its bytes come,
 * so that neither the whole body nor the whole list is ever held. Only the text of one item at a
 * time is parsed, and given away at once.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;

const ITEMS = 'items';
/** etcd refuses what is larger than 1.5 MiB; what the API server adds stays far below this. */
const VALUE_BYTES_MAX = 16 * 1024 * 1024;

/** Depth inside the list's own object, and inside its items. */
const IN_LIST = 1;
const IN_ITEMS = 2;

/** The bytes are no list; nothing of them is in the text. */
export class ListSyntaxError extends Error {
  override readonly name = 'ListSyntaxError';
}

type Expecting = 'name' | 'colon' | 'value' | 'end of value';

export class ListScanner {
  readonly #onItem: (item: unknown) => void;
  readonly #fields = new Map<string, unknown>();
  /** What has come and is needed still, and how far it was looked at. */
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Where in `#bytes` that began which is to be parsed when it ends; -1 for nothing. */
  #start = -1;
  #depth = 0;
  #isInString = false;
  /** The last byte of the chunk before was a backslash that escapes what follows. */
  #isEscaped = false;
  #isInItems = false;
  #isOver = false;
  #expecting: Expecting = 'name';
  #field = '';

  /** @param onItem is given each item, in order */
  constructor(onItem: (item: unknown) => void) {
    this.#onItem = onItem;
  }

  /** @throws ListSyntaxError */
  push(chunk: Uint8Array): void {
    this.#take(chunk);
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      if (this.#isInString) this.#skipString(bytes);
      else {
        const byte = bytes[this.#at] as number;
        if (byte > SPACE) this.#onByte(byte);
        this.#at++;
      }
    }
  }

  /**
   * The other fields of the list, when all of it has come.
   * @throws ListSyntaxError when it was cut off
   */
  end(): ReadonlyMap<string, unknown> {
    if (!this.#isOver) throw new ListSyntaxError('the list was cut off');
    return this.#fields;
  }

  #take(chunk: Uint8Array): void {
    if (this.#start < 0) {
      this.#bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#at = 0;
      return;
    }
    const kept = this.#bytes.subarray(this.#start);
    if (kept.length + chunk.length > VALUE_BYTES_MAX)
      throw new ListSyntaxError('too large an item');
    this.#bytes = Buffer.concat([kept, chunk]);
    this.#at -= this.#start;
    this.#start = 0;
  }

  /** To behind the closing quote, or to the end of what has come. */
  #skipString(bytes: Buffer): void {
    const quote = bytes.indexOf(QUOTE, this.#at);
    const end = quote < 0 ? bytes.length : quote;
    let run = end;
    while (run > this.#at && bytes[run - 1] === BACKSLASH) run--;
    const carried = run === this.#at && this.#isEscaped ? 1 : 0;
    const isEscaped = (end - run + carried) % 2 === 1;
    if (quote < 0) {
      this.#isEscaped = isEscaped;
      this.#at = end;
      return;
    }
    this.#isEscaped = false;
    this.#at = quote + 1;
    if (isEscaped) return;
    this.#isInString = false;
    if (this.#depth === IN_LIST && this.#expecting === 'name') {
      this.#field = String(this.#parse(this.#at));
      this.#expecting = 'colon';
    }
  }

  #onByte(byte: number): void {
    if (this.#depth > IN_ITEMS) this.#onByteWithin(byte);
    else if (this.#isInItems) this.#onByteOfItems(byte);
    else if (this.#depth === IN_LIST) this.#onByteOfList(byte);
    else if (this.#depth === IN_ITEMS) this.#onByteWithin(byte);
    else if (byte === OPEN_BRACE && !this.#isOver) this.#depth = IN_LIST;
    else throw new ListSyntaxError('this is no list');
  }

  /** Inside a value: only its end matters. */
  #onByteWithin(byte: number): void {
    if (byte === QUOTE) this.#isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.#depth--;
      if (this.#isInItems && this.#depth === IN_ITEMS) this.#onItem(this.#parse(this.#at + 1));
    }
  }

  #onByteOfItems(byte: number): void {
    if (byte === OPEN_BRACE) {
      this.#start = this.#at;
      this.#depth++;
    } else if (byte === CLOSE_BRACKET) {
      this.#isInItems = false;
      this.#depth = IN_LIST;
    } else if (byte !== COMMA) throw new ListSyntaxError('an item is no object');
  }

  #onByteOfList(byte: number): void {
    switch (this.#expecting) {
      case 'name':
        if (byte === QUOTE) {
          this.#start = this.#at;
          this.#isInString = true;
        } else if (byte === CLOSE_BRACE) this.#finish();
        else throw new ListSyntaxError('a field has no name');
        return;
      case 'colon':
        if (byte !== COLON) throw new ListSyntaxError('a field has no value');
        this.#expecting = 'value';
        return;
      case 'value':
        this.#expecting = 'end of value';
        if (this.#field === ITEMS && byte === OPEN_BRACKET) {
          this.#isInItems = true;
          this.#depth = IN_ITEMS;
        } else {
          this.#start = this.#at;
          this.#onByteWithin(byte);
        }
        return;
      case 'end of value':
        if (byte !== COMMA && byte !== CLOSE_BRACE) return this.#onByteWithin(byte);
        if (this.#start >= 0) this.#fields.set(this.#field, this.#parse(this.#at));
        this.#expecting = 'name';
        if (byte === CLOSE_BRACE) this.#finish();
    }
  }

  #finish(): void {
    this.#depth = 0;
    this.#isOver = true;
  }

  /** What began at `#start`, up to `end`. */
  #parse(end: number): unknown {
    const text = this.#bytes.toString('utf8', this.#start, end);
    this.#start = -1;
    try {
      return JSON.parse(text);
    } catch {
      // The parser's text would show what was sent.
      throw new ListSyntaxError('a part of the list is no JSON');
    }
  }
}
