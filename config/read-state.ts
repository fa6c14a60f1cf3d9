/** Reads the section `state`. */
import { quote } from './go-text.ts';
import { nearestName } from './nearest-name.ts';
import { openOwnSection, readWords } from './own-section.ts';
import {
  STATE_DEFAULTS,
  STATE_METRICS_OPT_IN,
  STATE_RESOURCES,
  type StateConfig,
  type StateSource,
} from './state-types.ts';
import { readItems, readText, type TextItem, type YamlSection } from './yaml-section.ts';

const SOURCES: readonly StateSource[] = ['auto', 'builtin', 'scrape'];
/** Shorter ones cost more than changes, which are told at once anyway. */
const INTERVAL_MS_MIN = 1000;

export function readState(root: YamlSection): StateConfig {
  const section = openOwnSection(root, 'state');
  if (section === undefined) return STATE_DEFAULTS;
  const config: StateConfig = {
    enabled: section.boolean('enabled', STATE_DEFAULTS.enabled),
    source: section.choice('source', SOURCES, STATE_DEFAULTS.source, (text) => {
      return `unknown source ${quote(text)}`;
    }),
    intervalMs: readInterval(section),
    resources: readNames(section, 'resources', STATE_RESOURCES, STATE_DEFAULTS.resources),
    labelsAllowList: readAllowList(section, 'labels_allowlist', STATE_DEFAULTS.labelsAllowList),
    annotationsAllowList: readAllowList(section, 'annotations_allowlist', {}),
    metricsOptIn: readNames(section, 'metrics_opt_in', STATE_METRICS_OPT_IN, []),
  };
  section.finish();
  return config;
}

function readInterval(section: YamlSection): number {
  const intervalMs = section.durationMs('interval', STATE_DEFAULTS.intervalMs);
  if (intervalMs < INTERVAL_MS_MIN) {
    section.problem('interval', 'an interval of less than a second', 'write 30s');
    return STATE_DEFAULTS.intervalMs;
  }
  return intervalMs;
}

function readNames(
  section: YamlSection,
  name: string,
  known: readonly string[],
  absent: readonly string[],
): readonly string[] {
  const items = readWords(section, name);
  if (items === undefined) return absent;
  return [
    ...new Set(items.filter((item) => isKnown(section, item, known)).map(({ text }) => text)),
  ];
}

/** Resource → keys. A resource that is not named keeps nothing of the default. */
function readAllowList(
  section: YamlSection,
  name: string,
  absent: StateConfig['labelsAllowList'],
): StateConfig['labelsAllowList'] {
  if (section.valueNode(name) === undefined) return absent;
  const { reader } = section;
  const lists = section.entries(name, 'map[string][]string').flatMap(([resource, key, value]) => {
    const node = reader.resolve(value) ?? value;
    const items = readItems(reader, node, '[]string', 'a list of keys');
    const keys = items.flatMap((item) => readText(reader, item) ?? []);
    const isRight = isKnown(section, { text: resource, node: key }, STATE_RESOURCES);
    return isRight ? [[resource, keys] as const] : [];
  });
  return Object.fromEntries(lists);
}

function isKnown(
  section: YamlSection,
  { text, node }: TextItem,
  known: readonly string[],
): boolean {
  if (known.includes(text)) return true;
  const near = nearestName(text, known);
  const fix = near === undefined ? `use some of ${known.join(', ')}` : `did you mean ${near}?`;
  section.reader.addProblem(node, `unknown name ${quote(text)}`, fix);
  return false;
}
