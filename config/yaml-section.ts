/** Reads one mapping field by field, and knows in the end which fields nobody asked for. */
import { isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap } from 'yaml';
import { DurationError, parseDurationMs } from '../model/duration.ts';
import { ByteSizeError, parseByteSize } from './byte-size.ts';
import { quote } from './go-text.ts';
import { nearestName } from './nearest-name.ts';
import { isNullNode, type YamlReader } from './yaml-reader.ts';
import {
  BinaryError,
  scalarBoolean,
  scalarFloat,
  scalarInteger,
  scalarKind,
  scalarText,
} from './yaml-scalar.ts';

const TAG_LENGTH_SHOWN_MAX = 10;
const UINT_MAX = 2n ** 64n - 1n;
const INT_MAX = 2n ** 63n - 1n;

/** A mapping that merges a mapping that merges … deeper than this merges itself. */
const MERGE_DEPTH_MAX = 20;

interface Field {
  readonly key: Node;
  readonly value: Node;
}

export interface TextItem {
  readonly text: string;
  readonly node: Node;
}

/**
 * A mapping, open for reading. Every getter takes the field's name and what counts when the field
 * is absent or null; a value of the wrong type is added to the problems and counts as absent.
 */
export class YamlSection {
  readonly reader: YamlReader;
  readonly node: Node;
  /** Prometheus' name of the type, which stands in its errors. */
  readonly goType: string;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #asked = new Set<string>();
  /** Set for our own sections: a variable `PREFIX_FIELD` of the environment overrides the file. */
  readonly #envPrefix: string | undefined;

  constructor(reader: YamlReader, node: Node, goType: string, envPrefix?: string) {
    this.reader = reader;
    this.node = node;
    this.goType = goType;
    this.#envPrefix = envPrefix;
    this.#fields = isMap(node) ? readFields(reader, node, goType) : new Map();
    if (!isMap(node) && !isNullNode(node)) addTypeProblem(reader, node, goType, 'named fields');
  }

  /** True when the field is written in the file, even if null. */
  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** True when a variable of the environment gives the field. */
  isFromEnv(name: string): boolean {
    return this.#envNode(name) !== undefined;
  }

  /** The value of a field; undefined when absent or null. */
  valueNode(name: string): Node | undefined {
    this.#asked.add(name);
    const fromEnv = this.#envNode(name);
    if (fromEnv !== undefined) return fromEnv;
    const value = this.#fields.get(name)?.value;
    return isNullNode(value) ? undefined : value;
  }

  /** A text. Null is the empty text, whatever `absent` is: so it is in Prometheus. */
  string(name: string, absent = ''): string {
    this.#asked.add(name);
    const node = this.#envNode(name) ?? this.#fields.get(name)?.value;
    if (node === undefined) return absent;
    return readText(this.reader, node) ?? absent;
  }

  /** One of `known`; `describe` makes the problem of any other text. */
  choice<T extends string>(
    name: string,
    known: readonly T[],
    absent: T,
    describe: (text: string) => string,
  ): T {
    const node = this.valueNode(name);
    if (node === undefined) return absent;
    const text = readText(this.reader, node);
    if (text === undefined) return absent;
    const found = known.find((candidate) => candidate === text);
    if (found !== undefined) return found;
    const near = nearestName(text, known);
    const fix = near === undefined ? `use one of ${known.join(', ')}` : `did you mean ${near}?`;
    this.reader.addProblem(node, describe(text), fix);
    return absent;
  }

  boolean(name: string, absent = false): boolean {
    return this.optionalBoolean(name) ?? absent;
  }

  optionalBoolean(name: string): boolean | undefined {
    return this.#scalar(name, 'bool', 'true or false', scalarBoolean);
  }

  /** A whole number of at least 0. */
  count(name: string, absent = 0): number {
    const value = this.unsigned(name);
    return value === undefined ? absent : Number(value);
  }

  unsigned(name: string): bigint | undefined {
    return this.#scalar(name, 'uint', 'a whole number from 0', (scalar) => {
      const value = scalarInteger(scalar);
      return value === undefined || value < 0n || value > UINT_MAX ? undefined : value;
    });
  }

  integer(name: string, absent = 0): number {
    const value = this.#scalar(name, 'int', 'a whole number', (scalar) => {
      const found = scalarInteger(scalar);
      return found === undefined || found < -INT_MAX || found > INT_MAX ? undefined : found;
    });
    return value === undefined ? absent : Number(value);
  }

  float(name: string, absent = 0): number {
    return this.#scalar(name, 'float64', 'a number', scalarFloat) ?? absent;
  }

  durationMs(name: string, absent = 0): number {
    const parse = (text: string): number => parseDurationMs(text);
    return this.#parsed(name, parse, DurationError, 'write it as 30s, 5m or 1h30m') ?? absent;
  }

  sizeBytes(name: string, absent = 0): number {
    return (
      this.#parsed(name, parseByteSize, ByteSizeError, 'write it as 512KB, 15MB or 1GiB') ?? absent
    );
  }

  /** A size that may also be a plain number of bytes. */
  plainSizeBytes(name: string, absent = 0): number {
    const parse = (text: string): number => {
      return /^\d+$/.test(text) ? parseByteSize(`${text}B`) : parseByteSize(text);
    };
    return this.#parsed(name, parse, ByteSizeError, 'write it as 512MB or 4GiB') ?? absent;
  }

  /** Texts and where they stand; undefined when the field is absent, which is not an empty list. */
  textItems(name: string): readonly TextItem[] | undefined {
    return this.items(name, '[]string', 'a list of texts')?.flatMap((node) => {
      const text = readText(this.reader, node);
      return text === undefined ? [] : [{ text, node }];
    });
  }

  optionalStrings(name: string): readonly string[] | undefined {
    return this.textItems(name)?.map((item) => item.text);
  }

  strings(name: string): readonly string[] {
    return this.optionalStrings(name) ?? [];
  }

  /** Paths, made absolute. */
  paths(name: string): readonly string[] {
    return this.strings(name).map((file) => this.reader.joinDir(file));
  }

  path(name: string): string {
    return this.reader.joinDir(this.string(name));
  }

  /** The entries of a list, aliases resolved, null entries among them. */
  items(name: string, goType: string, expected: string): readonly Node[] | undefined {
    const node = this.valueNode(name);
    if (node === undefined) return undefined;
    return readItems(this.reader, node, goType, expected);
  }

  /** A mapping as name, value pairs in the order of the file. */
  entries(name: string, goType: string): readonly (readonly [string, Node, Node])[] {
    const node = this.valueNode(name);
    if (node === undefined) return [];
    if (!isMap(node)) {
      addTypeProblem(this.reader, node, goType, 'names with values');
      return [];
    }
    const fields = readFields(this.reader, node, goType);
    return [...fields].map(([key, field]) => [key, field.key, field.value] as const);
  }

  /** Texts under names. */
  stringMap(name: string, goType = 'map[string]string'): Readonly<Record<string, string>> {
    const pairs = this.entries(name, goType).map(([key, , value]) => {
      return [key, readText(this.reader, value) ?? ''] as const;
    });
    return Object.fromEntries(pairs);
  }

  /** A nested mapping; undefined when the field is absent or null. */
  section(name: string, goType: string): YamlSection | undefined {
    const node = this.valueNode(name);
    return node === undefined ? undefined : new YamlSection(this.reader, node, goType);
  }

  /** Adds a problem at a field's value, its name, or the section, whichever there is. */
  problem(name: string | undefined, problem: string, fix = ''): void {
    const field = name === undefined ? undefined : this.#fields.get(name);
    const value = isNullNode(field?.value) ? field?.key : field?.value;
    this.reader.addProblem(value ?? this.node, problem, fix);
  }

  /** Like `problem`, but at the field's name. */
  problemAtName(name: string, problem: string, fix = ''): void {
    this.reader.addProblem(this.#fields.get(name)?.key ?? this.node, problem, fix);
  }

  /** Marks fields as known without reading them. */
  know(names: Iterable<string>): void {
    for (const name of names) this.#asked.add(name);
  }

  /** To be called last: adds a problem for every field that no getter asked for. */
  finish(): void {
    for (const [name, field] of this.#fields) {
      if (this.#asked.has(name)) continue;
      const near = nearestName(name, this.#asked);
      this.reader.addProblem(
        field.key,
        `field ${name} not found in type ${this.goType}`,
        near === undefined ? 'remove it' : `did you mean ${near}?`,
      );
    }
  }

  #envNode(name: string): Node | undefined {
    if (this.#envPrefix === undefined) return undefined;
    const variable = `${this.#envPrefix}_${name.toUpperCase()}`;
    const text = this.reader.env[variable];
    if (text === undefined || text === '') return undefined;
    const scalar = new Scalar(text);
    scalar.source = text;
    scalar.type = 'PLAIN';
    this.reader.setPlace(scalar, { file: `$${variable}`, line: 1, column: 1 });
    return scalar;
  }

  #scalar<T>(
    name: string,
    goType: string,
    expected: string,
    convert: (scalar: Scalar) => T | undefined,
  ): T | undefined {
    const node = this.valueNode(name);
    if (node === undefined) return undefined;
    const value = isScalar(node) ? convert(node) : undefined;
    if (value === undefined) addTypeProblem(this.reader, node, goType, expected);
    return value;
  }

  #parsed<T>(
    name: string,
    parse: (text: string) => T,
    known: abstract new (...args: never[]) => Error,
    fix: string,
  ): T | undefined {
    const node = this.valueNode(name);
    const text = node === undefined ? undefined : readText(this.reader, node);
    if (node === undefined || text === undefined) return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof known)) throw error;
      this.reader.addProblem(node, error.message, fix);
      return undefined;
    }
  }
}

/** The text of a scalar; undefined, and a problem, for anything else. */
export function readText(reader: YamlReader, node: Node): string | undefined {
  if (!isScalar(node)) {
    addTypeProblem(reader, node, 'string', 'one text');
    return undefined;
  }
  try {
    return scalarText(node);
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
    reader.addProblem(node, `yaml: ${error.message}`, 'write the text itself');
    return undefined;
  }
}

/** The entries of a list node; a problem and none for anything else. */
export function readItems(
  reader: YamlReader,
  node: Node,
  goType: string,
  expected: string,
): readonly Node[] {
  if (!isSeq(node)) {
    addTypeProblem(reader, node, goType, expected);
    return [];
  }
  return node.items.flatMap((item) => reader.resolve(item) ?? []);
}

/** True when the field is a list with entries. */
export function hasItems(section: YamlSection, name: string): boolean {
  const node = section.valueNode(name);
  return isSeq(node) && node.items.length > 0;
}

function addTypeProblem(reader: YamlReader, node: Node, goType: string, expected: string): void {
  reader.addProblem(
    node,
    `yaml: unmarshal errors: cannot unmarshal ${describeNode(node)} into ${goType}`,
    `expected ${expected}`,
  );
}

function describeNode(node: Node): string {
  if (isMap(node)) return '!!map';
  if (isSeq(node)) return '!!seq';
  if (!isScalar(node)) return '!!null';
  const text = node.source ?? '';
  const shown = text.length > TAG_LENGTH_SHOWN_MAX ? `${text.slice(0, 7)}...` : text;
  return `${scalarKind(node)} \`${shown}\``;
}

/** Names may come by `<<` from elsewhere; what is written in the mapping itself counts more. */
function readFields(
  reader: YamlReader,
  map: YAMLMap,
  goType: string,
  depth = 0,
): ReadonlyMap<string, Field> {
  const own = new Map<string, Field>();
  const merged = new Map<string, Field>();
  for (const pair of map.items) {
    const key = reader.resolve(pair.key);
    if (key === undefined) continue;
    const value = reader.resolve(pair.value) ?? reader.nullBeside(key);
    if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') {
      mergeFields(reader, value, goType, depth + 1, merged);
      continue;
    }
    const name = readText(reader, key);
    if (name === undefined) continue;
    if (own.has(name)) addTwiceProblem(reader, key, name, goType);
    else own.set(name, { key, value });
  }
  return merged.size === 0 ? own : new Map([...merged, ...own]);
}

function addTwiceProblem(reader: YamlReader, key: Node, name: string, goType: string): void {
  const problem = goType.startsWith('map[')
    ? `key ${quote(name)} already set in map`
    : `field ${name} already set in type ${goType}`;
  reader.addProblem(key, problem, 'keep one of them');
}

function mergeFields(
  reader: YamlReader,
  node: Node,
  goType: string,
  depth: number,
  into: Map<string, Field>,
): void {
  if (depth > MERGE_DEPTH_MAX) {
    reader.addProblem(node, 'yaml: anchor contains itself', 'merge something else');
    return;
  }
  for (const map of isSeq(node) ? readItems(reader, node, goType, '') : [node]) {
    if (!isMap(map)) {
      reader.addProblem(map, 'yaml: map merge requires map or sequence of maps as the value');
      continue;
    }
    for (const [name, field] of readFields(reader, map, goType, depth)) {
      if (!into.has(name)) into.set(name, field);
    }
  }
}
