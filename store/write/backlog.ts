import type { Spool } from '../spool/spool.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';

/** Blocks that the spool has not taken yet, in order; usually none. */
export class Backlog {
  readonly #bytesMax: number;
  #blocks: SpoolBlock[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get startMs(): number {
    return this.#blocks.reduce((min, b) => Math.min(min, b.startMs), Number.POSITIVE_INFINITY);
  }

  push(block: SpoolBlock): void {
    if (block.rowCount === 0) return;
    this.#blocks.push(block);
    this.#bytes += block.byteLength;
  }

  /** @throws what `Spool.append` throws; what was not written stays */
  writeTo(spool: Spool): void {
    let written = 0;
    try {
      for (const block of this.#blocks) {
        spool.append(block);
        this.#bytes -= block.byteLength;
        written++;
        block.release?.();
      }
    } finally {
      this.#blocks.splice(0, written);
    }
  }

  /**
   * Makes room: the oldest samples go, labels of series stay, for later samples need them.
   * @returns rows dropped
   */
  shed(): number {
    let rows = 0;
    while (this.#bytes > this.#bytesMax) {
      const at = this.#blocks.findIndex((block) => !block.table.startsWith('series'));
      const block = this.#blocks[at];
      if (block === undefined) break;
      this.#blocks.splice(at, 1);
      this.#bytes -= block.byteLength;
      rows += block.rowCount;
      block.release?.();
    }
    return rows;
  }
}
