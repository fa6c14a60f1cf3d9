/** Changes to a label set, collected before the new set is made. */
import { Labels } from '../../model/labels.ts';

/**
 * A label set and its pending changes. Visits labels in the order of Prometheus' `labels.Builder`:
 * untouched ones in the order of the base, then set ones in the order they were first set.
 */
export class LabelBuilder {
  readonly #base: Labels;
  readonly #set = new Map<string, string>();
  readonly #deleted = new Set<string>();

  constructor(base: Labels) {
    this.#base = base;
  }

  /** The value of a label; '' when it is absent. */
  get(name: string): string {
    const value = this.#set.get(name);
    if (value !== undefined) return value;
    return this.#deleted.has(name) ? '' : this.#base.get(name);
  }

  /** An empty value deletes the label. */
  set(name: string, value: string): void {
    if (value === '') this.delete(name);
    else this.#set.set(name, value);
  }

  delete(name: string): void {
    this.#set.delete(name);
    this.#deleted.add(name);
  }

  /** A copy: labels may be changed while it is walked. */
  entries(): readonly (readonly [string, string])[] {
    const out: (readonly [string, string])[] = [];
    for (const entry of this.#base.entries()) {
      if (!this.#set.has(entry[0]) && !this.#deleted.has(entry[0])) out.push(entry);
    }
    out.push(...this.#set);
    return out;
  }

  labels(): Labels {
    return this.#set.size === 0 && this.#deleted.size === 0
      ? this.#base
      : Labels.fromEntries(this.entries());
  }
}
