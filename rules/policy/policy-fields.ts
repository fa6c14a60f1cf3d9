/** Reads plain values (of JSON or YAML) field by field; every mistake knows its path. */
import { nearestName } from '../../config/nearest-name.ts';
import { DurationError, parseDurationMs } from '../../model/duration.ts';
import type { PolicyProblem } from './alarm-policy.ts';

/** One object of the tree, open for reading. A wrong value is a problem and counts as absent. */
export class PolicyFields {
  readonly path: string;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #problems: PolicyProblem[];
  readonly #asked = new Set<string>();

  /** @param path '' for the root */
  constructor(value: unknown, path: string, problems: PolicyProblem[]) {
    this.path = path;
    this.#problems = problems;
    this.#fields = isRecord(value) ? value : {};
    if (!isRecord(value) && value !== undefined && value !== null) {
      this.#add(path, `is ${kindOf(value)}, not an object`, 'write fields with values');
    }
  }

  /** Undefined when absent or null. */
  raw(name: string): unknown {
    this.#asked.add(name);
    return this.#fields[name] ?? undefined;
  }

  /** Of the fields that are there, asked for or not. */
  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  problem(name: string, problem: string, fix: string): void {
    this.#add(name === '' ? this.path : this.pathOf(name), problem, fix);
  }

  text(name: string, absent = ''): string {
    const value = this.raw(name);
    if (value === undefined) return absent;
    if (typeof value === 'string') return value;
    this.problem(name, `is ${kindOf(value)}, not a text`, 'write it in quotes');
    return absent;
  }

  /** A text, or a number as a text: what YAML makes of `value: 8`. */
  looseText(name: string): string {
    const value = this.raw(name);
    return typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : this.text(name);
  }

  choice<T extends string>(name: string, known: readonly T[], absent: T): T {
    const text = this.text(name, absent);
    const found = known.find((one) => one === text);
    if (found !== undefined) return found;
    const near = nearestName(text, known);
    const all = `use one of ${known.join(', ')}`;
    const fix = near === undefined ? all : `did you mean ${near}?`;
    this.problem(name, `${JSON.stringify(text)} is not known`, fix);
    return absent;
  }

  boolean(name: string, absent: boolean): boolean {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value ?? absent;
    this.problem(name, `is ${kindOf(value)}, not true or false`, 'write true or false');
    return absent;
  }

  /** A finite number, never -0; undefined when absent or wrong. */
  number(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
    this.problem(name, `is ${kindOf(value)}, not a number`, 'write a number such as 90');
    return undefined;
  }

  /** A whole number between the bounds. */
  count(name: string, absent: number, min: number, max: number): number {
    const value = this.number(name) ?? absent;
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    this.problem(name, `is ${value}`, `write a whole number from ${min} to ${max}`);
    return absent;
  }

  /** `30s`, `5m`; a number is in seconds. */
  durationMs(name: string, absent: number): number {
    const value = this.raw(name);
    if (value === undefined) return absent;
    const fix = 'write it as 30s, 5m or 1h30m';
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value * 1000;
    if (typeof value !== 'string') {
      this.problem(name, `is ${kindOf(value)}, not a duration`, fix);
      return absent;
    }
    try {
      return parseDurationMs(value);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      this.problem(name, error.message, fix);
      return absent;
    }
  }

  section(name: string): PolicyFields {
    return new PolicyFields(this.raw(name), this.pathOf(name), this.#problems);
  }

  /** The entries of a list, each as an object. */
  sections(name: string): readonly PolicyFields[] {
    return this.#list(name).map((value, index) => {
      return new PolicyFields(value, `${this.pathOf(name)}[${index}]`, this.#problems);
    });
  }

  /** A list of lists of objects; one list of objects is taken for the only inner one. */
  sectionLists(name: string): readonly (readonly PolicyFields[])[] {
    const outer = this.#list(name);
    const path = this.pathOf(name);
    if (outer.length > 0 && outer.every(isRecord)) return [this.sections(name)];
    return outer.map((inner, at) => {
      if (Array.isArray(inner)) {
        return inner.map(
          (value, index) => new PolicyFields(value, `${path}[${at}][${index}]`, this.#problems),
        );
      }
      this.#add(`${path}[${at}]`, `is ${kindOf(inner)}, not a list`, 'write a list of conditions');
      return [];
    });
  }

  texts(name: string): readonly string[] {
    return this.#list(name).flatMap((value, index) => {
      if (typeof value === 'string') return [value];
      if (typeof value === 'number') return [String(value)];
      this.#add(`${this.pathOf(name)}[${index}]`, `is ${kindOf(value)}, not a text`, 'quote it');
      return [];
    });
  }

  /** Each one of `known`. */
  choices<T extends string>(name: string, known: readonly T[]): readonly T[] {
    return this.texts(name).flatMap((text, index) => {
      const found = known.find((one) => one === text);
      if (found !== undefined) return [found];
      const problem = `${JSON.stringify(text)} is not known`;
      this.#add(`${this.pathOf(name)}[${index}]`, problem, `use one of ${known.join(', ')}`);
      return [];
    });
  }

  numbers(name: string): readonly number[] {
    return this.#list(name).flatMap((value, index) => {
      if (typeof value === 'number' && Number.isFinite(value)) return [value];
      this.#add(`${this.pathOf(name)}[${index}]`, `is ${kindOf(value)}, not a number`, '');
      return [];
    });
  }

  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.raw(name);
    const section = this.section(name);
    if (!isRecord(value)) return {};
    return Object.fromEntries(Object.keys(value).map((key) => [key, section.looseText(key)]));
  }

  /** Adds a problem for each field that nobody asked for. */
  finish(): void {
    for (const name of Object.keys(this.#fields)) {
      if (this.#asked.has(name)) continue;
      const near = nearestName(name, [...this.#asked]);
      const fix = near === undefined ? 'remove it' : `did you mean ${near}?`;
      this.problem(name, 'is not a known field', fix);
    }
  }

  #list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.problem(name, `is ${kindOf(value)}, not a list`, 'write a list');
    return [];
  }

  #add(path: string, problem: string, fix: string): void {
    this.#problems.push({ path: path === '' ? '(root)' : path, problem, fix });
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'an object';
  return typeof value === 'string' ? 'a text' : `${typeof value} ${String(value)}`;
}
