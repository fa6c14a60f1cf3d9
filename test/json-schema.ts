/** Checks values against the part of JSON Schema that OpenAPI descriptions use. */

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What the keywords above do not cover must not pass unseen. */
const KNOWN_KEYWORDS: ReadonlySet<string> = new Set([
  '$ref',
  'type',
  'format',
  'enum',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'minimum',
  'anyOf',
  'oneOf',
  'description',
  'example',
  'examples',
  'default',
]);

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export class SchemaChecker {
  readonly #document: unknown;

  /** @param document what `$ref`s point into */
  constructor(document: unknown) {
    this.#document = document;
  }

  /** @returns what is wrong, each with its place; nothing when the value is valid */
  problems(value: unknown, schema: JsonSchema, place = '$'): readonly string[] {
    const unknown = Object.keys(schema).filter((keyword) => !KNOWN_KEYWORDS.has(keyword));
    if (unknown.length > 0) return [`${place}: unknown keywords ${unknown.join(', ')}`];
    if (schema.$ref !== undefined) return this.problems(value, this.#resolve(schema.$ref), place);
    const found: string[] = [];
    if (schema.type !== undefined && !isOfType(value, schema.type)) {
      return [`${place}: ${describe(value)} is no ${schema.type}`];
    }
    if (schema.enum !== undefined && !schema.enum.includes(value)) {
      found.push(`${place}: ${describe(value)} is none of ${JSON.stringify(schema.enum)}`);
    }
    if (schema.format === 'date-time' && typeof value === 'string' && !DATE_TIME.test(value)) {
      found.push(`${place}: ${describe(value)} is no date-time`);
    }
    if (schema.minimum !== undefined && typeof value === 'number' && value < schema.minimum) {
      found.push(`${place}: ${value} is below ${schema.minimum}`);
    }
    if (Array.isArray(value)) found.push(...this.#arrayProblems(value, schema, place));
    else if (typeof value === 'object' && value !== null) {
      found.push(...this.#objectProblems(value as Record<string, unknown>, schema, place));
    }
    found.push(...this.#choiceProblems(value, schema, place));
    return found;
  }

  #arrayProblems(value: readonly unknown[], schema: JsonSchema, place: string): string[] {
    const found: string[] = [];
    const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
    if (value.length < minItems || value.length > maxItems) {
      found.push(`${place}: ${value.length} items, not ${minItems} to ${maxItems}`);
    }
    if (items !== undefined) {
      value.forEach((item, at) => found.push(...this.problems(item, items, `${place}[${at}]`)));
    }
    return found;
  }

  #objectProblems(value: Record<string, unknown>, schema: JsonSchema, place: string): string[] {
    const found: string[] = [];
    for (const name of schema.required ?? []) {
      if (!Object.hasOwn(value, name)) found.push(`${place}: ${name} is missing`);
    }
    for (const [name, item] of Object.entries(value)) {
      const property = schema.properties?.[name] ?? schema.additionalProperties;
      if (property === false) found.push(`${place}: ${name} is not known`);
      else if (typeof property === 'object') {
        found.push(...this.problems(item, property, `${place}.${name}`));
      }
    }
    return found;
  }

  #choiceProblems(value: unknown, { anyOf, oneOf }: JsonSchema, place: string): readonly string[] {
    const choices = anyOf ?? oneOf;
    if (choices === undefined) return [];
    const all = choices.map((choice) => this.problems(value, choice, place));
    const fitting = all.filter((problems) => problems.length === 0).length;
    if (fitting === 0) return [`${place}: no choice fits: ${all.flat().join(' | ')}`];
    if (oneOf !== undefined && fitting > 1) return [`${place}: ${fitting} choices of one fit`];
    return [];
  }

  #resolve(reference: string): JsonSchema {
    const path = /^#\/(.*)$/.exec(reference)?.[1]?.split('/');
    let node: unknown = path === undefined ? undefined : this.#document;
    for (const name of path ?? []) node = (node as Record<string, unknown> | undefined)?.[name];
    if (node === undefined) throw new Error(`the reference ${reference} leads nowhere`);
    return node as JsonSchema;
  }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'null':
      return value === null;
    default:
      throw new Error(`unknown type ${type}`);
  }
}

function describe(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? 'undefined';
}
