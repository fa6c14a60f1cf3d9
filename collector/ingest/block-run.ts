/** How many lines to compare at once: more while they are equal, none while they change. */

const LINES_MIN = 16;
const LINES_MAX = 1024;
/** Lines read one by one after a block that differed; doubled at each further one. */
const PAUSE_LINES_MIN = 16;
const PAUSE_LINES_MAX = 256;

/**
 * Comparing costs a call out of JavaScript (some 0.1 µs) whatever the length, so it pays for long
 * runs and is left alone where values change line by line.
 */
export class BlockRun {
  lineCount = LINES_MIN;
  #isOn = false;
  #pause = PAUSE_LINES_MIN;
  #waiting = 0;

  begin(isOn: boolean): void {
    this.#isOn = isOn;
    this.lineCount = LINES_MIN;
    this.#pause = PAUSE_LINES_MIN;
    this.#waiting = 0;
  }

  /** True when a block is to be tried now; to be asked once per line. */
  isDue(): boolean {
    if (!this.#isOn) return false;
    if (this.#waiting === 0) return true;
    this.#waiting--;
    return false;
  }

  matched(): void {
    this.lineCount = Math.min(this.lineCount * 2, LINES_MAX);
    this.#pause = PAUSE_LINES_MIN;
  }

  missed(): void {
    // A long run that differs may hold a short one that does not.
    if (this.lineCount > LINES_MIN) {
      this.lineCount = LINES_MIN;
      return;
    }
    this.#waiting = this.#pause;
    this.#pause = Math.min(this.#pause * 2, PAUSE_LINES_MAX);
  }
}
