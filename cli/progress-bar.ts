/** A line that says how far a long operation is. */

const BAR_CHARS = 30;
const REDRAW_MS = 200;
/** Without a terminal a line is printed at each tenth. */
const PLAIN_STEPS = 10;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class ProgressBar {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #startMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #plainStep = 0;

  constructor(output: ProgressOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#startMs = now();
  }

  /** @param share 0 to 1 @param note e.g. counts, stands behind the bar */
  update(share: number, note: string): void {
    const nowMs = this.#now();
    if (this.#output.isTTY !== true) {
      const step = Math.floor(share * PLAIN_STEPS);
      if (step > this.#plainStep) this.#output.write(`${this.#text(share, note, nowMs)}\n`);
      this.#plainStep = step;
    } else if (nowMs - this.#drawnMs >= REDRAW_MS || share >= 1) {
      this.#drawnMs = nowMs;
      this.#output.write(`\r${this.#text(share, note, nowMs)}\u001b[K`);
    }
  }

  /** Leaves the last state on a line of its own. */
  finish(): void {
    if (this.#output.isTTY === true) this.#output.write('\n');
  }

  #text(share: number, note: string, nowMs: number): string {
    const filled = Math.round(share * BAR_CHARS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARS - filled);
    const elapsedSeconds = (nowMs - this.#startMs) / 1000;
    const left = share > 0 ? (elapsedSeconds / share) * (1 - share) : Number.NaN;
    const eta = Number.isFinite(left) ? `, ${Math.ceil(left)} s left` : '';
    return `${bar} ${(share * 100).toFixed(0).padStart(3)} %  ${note}${share < 1 ? eta : ''}`;
  }
}
