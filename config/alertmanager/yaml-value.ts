/** A YAML value of any shape, for fields that are passed on as they are. */
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { Problems } from '../config-errors.ts';
import { isNullNode, NodesReadError, nullNode, YamlReader } from '../yaml-reader.ts';
import { scalarBoolean, scalarFloat, scalarInteger, scalarKind } from '../yaml-scalar.ts';
import { readText } from '../yaml-section.ts';
import { parseYaml, YamlSource } from '../yaml-source.ts';

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [name: string]: YamlValue };

const DEPTH_MAX = 50;

export function readYamlValue(reader: YamlReader, node: Node, depth = 0): YamlValue {
  if (depth > DEPTH_MAX) {
    reader.addProblem(node, 'yaml: nested too deeply');
    return null;
  }
  const read = (item: unknown): YamlValue => {
    const resolved = reader.resolve(item);
    return resolved === undefined ? null : readYamlValue(reader, resolved, depth + 1);
  };
  if (isSeq(node)) return node.items.map(read);
  if (isMap(node)) {
    const entries = node.items.flatMap((pair) => {
      const key = reader.resolve(pair.key);
      const name = key === undefined ? undefined : readText(reader, key);
      return name === undefined ? [] : [[name, read(pair.value)] as const];
    });
    return Object.fromEntries(entries);
  }
  return isNullNode(node) ? null : readScalar(reader, node);
}

function readScalar(reader: YamlReader, node: Node): YamlValue {
  if (isScalar(node)) {
    switch (scalarKind(node)) {
      case '!!bool':
        return scalarBoolean(node) ?? null;
      case '!!int':
        return Number(scalarInteger(node));
      case '!!float':
        return scalarFloat(node) ?? null;
      default:
        break;
    }
  }
  return readText(reader, node) ?? null;
}

/** A text by itself as YAML; undefined when it is none. */
export function parseYamlValue(text: string): YamlValue | undefined {
  const problems = new Problems();
  const source = new YamlSource('', text);
  const document = parseYaml(source, problems);
  if (document === undefined) return undefined;
  try {
    const reader = new YamlReader(source, document, problems, '/', {});
    const value = readYamlValue(reader, reader.resolve(document.contents) ?? nullNode());
    return problems.count > 0 ? undefined : value;
  } catch (error) {
    if (error instanceof NodesReadError) return undefined;
    throw error;
  }
}
