/** Fields that receivers have in common. */
import type { Node } from 'yaml';
import { quote } from '../go-text.ts';
import { GoUrlError, parseGoUrl } from '../go-url.ts';
import type { HttpClientConfig } from '../http-client-types.ts';
import { readHttpClient } from '../read-http-client.ts';
import { SECRET_TEXT, Secret, type SecretSource } from '../secret.ts';
import { isNullNode } from '../yaml-reader.ts';
import { readText, YamlSection } from '../yaml-section.ts';
import { GoDurationError, parseGoDurationMs } from './go-duration.ts';

/** An http(s) URL with a host; undefined when absent. */
export function readHttpUrl(section: YamlSection, name: string): string | undefined {
  const node = section.valueNode(name);
  const text = node === undefined ? undefined : readText(section.reader, node);
  if (text === undefined) return undefined;
  const problem = httpUrlProblem(text);
  if (problem !== undefined) section.problem(name, problem, 'write it as https://host/path');
  return text;
}

/** A URL that tells nobody's business; `<secret>`, as configurations are printed, is one too. */
export function readSecretUrl(section: YamlSection, name: string): Secret | undefined {
  const node = section.valueNode(name);
  const text = node === undefined ? undefined : readText(section.reader, node);
  if (text === undefined) return undefined;
  const problem = text === SECRET_TEXT ? undefined : secretUrlProblem(text);
  if (problem !== undefined) section.problem(name, problem, 'write it as https://host/path');
  return new Secret(text);
}

/** Like `httpUrlProblem`, without the URL. */
export function secretUrlProblem(text: string): string | undefined {
  return httpUrlProblem(text)?.replaceAll(quote(text), quote(SECRET_TEXT));
}

function httpUrlProblem(text: string): string | undefined {
  try {
    const { scheme, host } = parseGoUrl(text);
    if (scheme !== 'http' && scheme !== 'https') {
      return `unsupported scheme ${quote(scheme)} for URL`;
    }
    return host === '' ? 'missing host for URL' : undefined;
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    return error.message;
  }
}

/** A URL as `name`, or in the file `name_file`. Both is a problem. */
export function readSecretUrlOrFile(section: YamlSection, name: string): SecretSource | undefined {
  const value = readSecretUrl(section, name);
  return oneOrFile(section, name, value);
}

/** A secret as `name`, or in the file `name_file`. Both is a problem. */
export function readSecretOrFile(section: YamlSection, name: string): SecretSource | undefined {
  const text = section.string(name);
  return oneOrFile(section, name, text === '' ? undefined : new Secret(text));
}

function oneOrFile(
  section: YamlSection,
  name: string,
  value: Secret | undefined,
): SecretSource | undefined {
  const file = section.path(`${name}_file`);
  if (value !== undefined && file !== '') {
    const text = `at most one of ${name} & ${name}_file must be configured`;
    section.problem(`${name}_file`, text, 'keep one of them');
  }
  if (value !== undefined) return { value };
  return file === '' ? undefined : { file };
}

/** The whole section, or undefined when it is absent: then the global one counts, unmixed. */
export function readHttpConfig(section: YamlSection): HttpClientConfig | undefined {
  const http = section.section('http_config', 'config.plain');
  if (http === undefined) return undefined;
  const config = readHttpClient(http);
  http.finish();
  return config;
}

/** Go's duration: `10s`, or a plain number of nanoseconds. */
export function readGoDurationMs(section: YamlSection, name: string, absent = 0): number {
  const node = section.valueNode(name);
  const text = node === undefined ? undefined : readText(section.reader, node);
  if (text === undefined) return absent;
  if (/^-?\d+$/.test(text)) return Number(text) / 1e6;
  try {
    return parseGoDurationMs(text);
  } catch (error) {
    if (!(error instanceof GoDurationError)) throw error;
    section.problem(name, error.message, 'write it as 10s, 1m30s or 500ms');
    return absent;
  }
}

/** A list of nested sections; null entries are left out. */
export function readSections<T>(
  parent: YamlSection,
  name: string,
  goType: string,
  read: (section: YamlSection, node: Node) => T,
): readonly T[] {
  const nodes = parent.items(name, `[]*${goType}`, 'a list') ?? [];
  return nodes.flatMap((node) => {
    if (isNullNode(node)) return [];
    const section = new YamlSection(parent.reader, node, goType);
    const value = read(section, node);
    section.finish();
    return [value];
  });
}
