/** The last good page of a target: its bytes and its lines. */
import { LF } from '../exposition/byte-classes.ts';
import { LineTable } from './line-table.ts';

/** Room for a page to grow before its memory is made anew. */
const HEADROOM_RATIO = 1.125;
/** Memory is given back when a page needs less than this part of it. */
const SHRINK_RATIO = 0.5;

export class PageMemory {
  /** Of the last good page. */
  lines = new LineTable();
  view: DataView = new DataView(new ArrayBuffer(0));
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #spare = new LineTable();

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where the lines end: what comes after them, like `# EOF`, is not remembered. */
  linesEnd = 0;

  /** The lines of a page to be read: empty, and apart from those of the last. */
  newLines(): LineTable {
    this.#spare.clear();
    return this.#spare;
  }

  /** The page read into `newLines()` was good. @param linesEnd end of the last line, exclusive */
  keep(body: Uint8Array, linesEnd: number): void {
    const capacity = this.#bytes.length;
    if (body.length > capacity || body.length < capacity * SHRINK_RATIO) {
      // Not from the pool of small buffers, which the rest of it would keep alive.
      this.#bytes = Buffer.from(new ArrayBuffer(Math.ceil(body.length * HEADROOM_RATIO)));
      this.view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    }
    this.#bytes.set(body, 0);
    this.#length = body.length;
    [this.lines, this.#spare] = [this.#spare, this.lines];
    this.linesEnd = linesEnd;
  }

  forget(): void {
    this.lines.clear();
    this.#bytes = Buffer.alloc(0);
    this.view = new DataView(this.#bytes.buffer, 0, 0);
    this.#length = 0;
    this.linesEnd = 0;
  }

  /** End of line `index`, behind its line feed. */
  lineEnd(index: number): number {
    return index + 1 < this.lines.count ? (this.lines.starts[index + 1] as number) : this.linesEnd;
  }

  /** Lines that end in a line feed, which the last one need not. */
  get sealedCount(): number {
    const { count } = this.lines;
    return count > 0 && this.#bytes[this.linesEnd - 1] !== LF ? count - 1 : count;
  }

  get byteCount(): number {
    return this.#length;
  }
}
