/** Values of a configuration whose texts are templates, as JSON. */
import { parseYamlValue, type YamlValue } from '../../config/alertmanager/yaml-value.ts';
import type { GoJsonValue } from './go-json.ts';

/**
 * Texts are templates; what they come to is YAML, and only if it is a text it stays one.
 * @throws TemplateError of `expand`
 */
export function expandYaml(value: YamlValue, expand: (template: string) => string): GoJsonValue {
  if (typeof value === 'string') {
    const text = expand(value);
    const parsed = parseYamlValue(text);
    return parsed === undefined || typeof parsed === 'string' ? text : asGoMaps(parsed);
  }
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((item) => expandYaml(item, expand));
  return new Map(
    Object.entries(value).map(([name, item]) => [expand(name), expandYaml(item, expand)]),
  );
}

function asGoMaps(value: YamlValue): GoJsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(asGoMaps);
  return new Map(Object.entries(value).map(([name, item]) => [name, asGoMaps(item)]));
}

function isList(value: object): value is readonly YamlValue[] {
  return Array.isArray(value);
}
