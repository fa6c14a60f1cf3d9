/** What is left of an execution's limits. */
import type { TemplateLimits } from '../limits.ts';
import { LimitError } from '../template-error.ts';

/** Characters that count as one step when a function makes or reads them. */
const CHARACTERS_PER_STEP = 64;

export class Budget {
  readonly limits: TemplateLimits;
  #steps = 0;
  #output = 0;

  constructor(limits: TemplateLimits) {
    this.limits = limits;
  }

  /** @throws LimitError */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > this.limits.stepsMax) {
      throw new LimitError(`exceeded maximum execution steps (${this.limits.stepsMax})`);
    }
  }

  /** Text or elements that a function handled. @throws LimitError */
  handle(length: number): void {
    if (length > this.limits.outputMax) {
      throw new LimitError(`exceeded maximum text length (${this.limits.outputMax})`);
    }
    this.step(length / CHARACTERS_PER_STEP);
  }

  /** @throws LimitError */
  write(text: string): void {
    this.#output += text.length;
    if (this.#output > this.limits.outputMax) {
      throw new LimitError(`exceeded maximum output length (${this.limits.outputMax})`);
    }
    this.step(1 + text.length / CHARACTERS_PER_STEP);
  }
}
