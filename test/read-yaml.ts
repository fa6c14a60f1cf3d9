/** Pieces of configuration, read as parts of a file are. */
import type { Node } from 'yaml';
import { Problems } from '../config/config-errors.ts';
import { nullNode, YamlReader } from '../config/yaml-reader.ts';
import { parseYaml, YamlSource } from '../config/yaml-source.ts';

/** @throws ConfigErrors with what is wrong */
export function readYaml<T>(text: string, read: (reader: YamlReader, node: Node) => T): T {
  const problems = new Problems();
  const source = new YamlSource('test.yml', text);
  const document = parseYaml(source, problems);
  problems.throwIfAny('test.yml');
  if (document === undefined) throw new Error('no document');
  const reader = new YamlReader(source, document, problems, '/', {});
  const value = read(reader, reader.resolve(document.contents) ?? nullNode());
  problems.throwIfAny('test.yml');
  return value;
}
