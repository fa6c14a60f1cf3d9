/** Our own settings may come from the environment too: `WATCHKEEPER_CLICKHOUSE_URL` and the like. */
import { readSecretField } from './read-http-client.ts';
import { Secret, type SecretSource } from './secret.ts';
import { readText, type TextItem, YamlSection } from './yaml-section.ts';

const ENV_PREFIX = 'WATCHKEEPER';

/**
 * A section whose fields a variable `WATCHKEEPER_SECTION_FIELD` overrides; undefined when neither
 * the file nor the environment has anything of it.
 */
export function openOwnSection(root: YamlSection, name: string): YamlSection | undefined {
  const { reader } = root;
  const prefix = `${ENV_PREFIX}_${name.toUpperCase()}`;
  const node = root.valueNode(name);
  const isInEnv = Object.entries(reader.env).some(([variable, value]) => {
    return variable.startsWith(`${prefix}_`) && value !== undefined && value !== '';
  });
  if (node === undefined && !isInEnv) return undefined;
  return new YamlSection(reader, node ?? reader.nullBeside(root.node), name, prefix);
}

/** One of the fields at the top of the file that are ours: `WATCHKEEPER_DURABILITY`. */
export function openOwnField(root: YamlSection, name: string): YamlSection {
  root.know([name]);
  return new YamlSection(root.reader, root.node, root.goType, ENV_PREFIX);
}

/** A list of words, in the environment with commas between them; undefined when absent. */
export function readWords(section: YamlSection, name: string): readonly TextItem[] | undefined {
  const node = section.isFromEnv(name) ? section.valueNode(name) : undefined;
  if (node === undefined) return section.textItems(name);
  const words = (readText(section.reader, node) ?? '').split(',');
  return words.map((word) => ({ text: word.trim(), node }));
}

/** A secret; one of the environment counts more than either form in the file. */
export function readOwnSecret(section: YamlSection, name: string): SecretSource | undefined {
  const file = `${name}_file`;
  if (section.isFromEnv(name)) {
    section.know([file]);
    return { value: new Secret(section.string(name)) };
  }
  if (section.isFromEnv(file)) {
    section.know([name]);
    return { file: section.path(file) };
  }
  if (section.string(name) !== '' && section.string(file) !== '') {
    section.problem(file, `at most one of ${name} and ${file}`, 'remove one of them');
  }
  return readSecretField(section, name);
}
