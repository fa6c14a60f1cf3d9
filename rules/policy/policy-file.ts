/** Files of alarm policies: YAML or JSON, one or more documents, lists among them. */
import { type Document, parseAllDocuments } from 'yaml';
import type { ParserOptions } from '../../promql/ast.ts';
import { type AlarmPolicy, PolicyErrors, type PolicyProblem } from './alarm-policy.ts';
import { isRecord } from './policy-fields.ts';
import { readPolicy } from './read-policy.ts';

/** A YAML file may not grow beyond this by its aliases. */
const ALIASES_MAX = 100;

/**
 * All documents of a text; those of kind `List` are opened.
 * @throws PolicyErrors for what is no YAML
 */
export function readDocuments(text: string, source: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { logLevel: 'error' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line ?? 1;
      const problem = error.message.split('\n')[0] ?? error.message;
      throw new PolicyErrors([{ path: `line ${line}`, problem, fix: '' }], source);
    }
    const value: unknown = toValue(document, source);
    if (value === null || value === undefined) return [];
    return isList(value) ? value.items : [value];
  });
}

function toValue(document: Document, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    // The only thing that can go wrong here, and the library's error has no name of its own.
    const problem = error instanceof Error ? error.message : String(error);
    throw new PolicyErrors([{ path: '(document)', problem, fix: 'use fewer aliases' }], source);
  }
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  if (!isRecord(value)) return false;
  const { kind, items } = value;
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
}

/**
 * Policies of a file; one that names no id has one made of its name.
 * @throws PolicyErrors with the problems of all of them
 */
export function readPolicyFile(
  text: string,
  source: string,
  parser: ParserOptions,
): readonly AlarmPolicy[] {
  const problems: PolicyProblem[] = [];
  const documents = readDocuments(text, source);
  const policies = documents.flatMap((value, index) => {
    const read = readPolicy(value, parser, () => idOfName(nameOf(value)));
    if (read.ok) return [read.policy];
    const prefix = documents.length > 1 ? `policy ${index + 1}: ` : '';
    problems.push(...read.problems.map((one) => ({ ...one, path: prefix + one.path })));
    return [];
  });
  if (problems.length > 0) throw new PolicyErrors(problems, source);
  return policies;
}

function nameOf(value: unknown): string {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

const ID_LENGTH_MAX = 64;

/** `pol_pod-memory-near-limit`: the same name always gives the same id. */
export function idOfName(name: string): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const text = `pol_${words.replaceAll(/^-|-$/g, '')}`.slice(0, ID_LENGTH_MAX);
  return text === 'pol_' ? 'pol_unnamed' : text;
}
