/** Reads the file as a whole. */
import type { Document } from 'yaml';
import type { MatcherMode } from '../model/alert-matchers/parse-matchers.ts';
import { readNotifications } from './alertmanager/read-notifications.ts';
import type { NotificationConfig } from './alertmanager/types.ts';
import type { Problems } from './config-errors.ts';
import { quote } from './go-text.ts';
import { readAlerting } from './read-alerting.ts';
import { readCatalogue } from './read-catalogue.ts';
import { readClusters } from './read-clusters.ts';
import { readGlobal } from './read-global.ts';
import { readMessages } from './read-messages.ts';
import { readOtlp } from './read-otlp.ts';
import {
  readAuth,
  readClickhouse,
  readDurability,
  readLimitsSection,
  readRetention,
  readRoles,
} from './read-own-sections.ts';
import { readRemoteRead, readRemoteWrite } from './read-remote.ts';
import { type JobNames, readScrapeConfigs } from './read-scrape-config.ts';
import { readState } from './read-state.ts';
import { readStorage } from './read-storage.ts';
import { readTracing } from './read-tracing.ts';
import type { Config, GlobalConfig, ScrapeConfig } from './types.ts';
import { NodesReadError, nullNode, YamlReader } from './yaml-reader.ts';
import { hasItems, YamlSection } from './yaml-section.ts';
import { parseYaml, YamlSource } from './yaml-source.ts';

/** Prometheus' default for Go's collector; kept for printing, it has no meaning here. */
const GOGC = 75;
/** Only the last part of a path may have a `*`. */
const PATTERN = /^[^*]*(\*[^/]*)?$/;

export interface ReadContext {
  readonly problems: Problems;
  /** Folder of the file, absolute. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Refuses what has no place in Prometheus' agent mode. */
  readonly agentMode: boolean;
}

/**
 * Opens a text as one mapping and reads it.
 * @returns undefined when the text is no YAML or its values are too many; problems are then added
 */
function readDocument<T>(
  file: string,
  text: string,
  goType: string,
  context: ReadContext,
  read: (root: YamlSection) => T,
): T | undefined {
  const { problems, dir, env } = context;
  const source = new YamlSource(file, text);
  const document: Document | undefined = parseYaml(source, problems);
  if (document === undefined) return undefined;
  try {
    const reader = new YamlReader(source, document, problems, dir, env);
    const node = reader.resolve(document.contents) ?? nullNode();
    const root = new YamlSection(reader, node, goType);
    const result = read(root);
    root.finish();
    return result;
  } catch (error) {
    if (!(error instanceof NodesReadError)) throw error;
    problems.add(error.place, error.message, 'repeat less', { cause: error });
    return undefined;
  }
}

/**
 * The main file, without what other files add to it.
 * @returns undefined only when problems were added
 */
export function readMainFile(
  file: string,
  text: string,
  context: ReadContext,
  jobNames: JobNames,
): Config | undefined {
  return readDocument(file, text, 'config.plain', context, (root) => {
    const global = readGlobal(root.section('global', 'config.plain'));
    const scheme = global.metricNameValidationScheme;
    const storage = readStorage(root);
    const scrapeConfigs = readScrapeConfigs(root, global, jobNames, 'main config file');
    if (context.agentMode) refuseInAgentMode(root);
    return {
      path: file,
      global,
      runtime: readRuntime(root),
      alerting: readAlerting(root, scheme),
      ruleFiles: readPatterns(root, 'rule_files', 'invalid rule file path'),
      scrapeConfigFiles: readPatterns(
        root,
        'scrape_config_files',
        'invalid scrape config file path',
      ),
      scrapeConfigs,
      mainScrapeConfigs: scrapeConfigs,
      storage,
      tracing: readTracing(root),
      remoteWrite: readRemoteWrite(root, scheme),
      remoteRead: readRemoteRead(root),
      otlp: readOtlp(root, global),
      notifications: readNotifications(root, { isOwnFile: false }),
      clusters: readClusters(root),
      catalogue: readCatalogue(root),
      messages: readMessages(root),
      state: readState(root),
      clickhouse: readClickhouse(root),
      auth: readAuth(root),
      retention: readRetention(root, storage),
      roles: readRoles(root),
      limits: readLimitsSection(root, storage),
      durability: readDurability(root),
    };
  });
}

/** A file that `scrape_config_files` names. */
export function readScrapeConfigFile(
  file: string,
  text: string,
  global: GlobalConfig,
  context: ReadContext,
  jobNames: JobNames,
): readonly ScrapeConfig[] {
  const read = (root: YamlSection): readonly ScrapeConfig[] => {
    return readScrapeConfigs(root, global, jobNames, quote(file));
  };
  return readDocument(file, text, 'config.ScrapeConfigs', context, read) ?? [];
}

/**
 * An `alertmanager.yml`.
 * @returns undefined only when problems were added
 */
export function readAlertmanagerFile(
  file: string,
  text: string,
  context: ReadContext,
  matcherMode: MatcherMode = 'fallback',
): NotificationConfig | undefined {
  return readDocument(file, text, 'config.plain', context, (root) => {
    root.know(['tracing']);
    return readNotifications(root, { isOwnFile: true, matcherMode });
  });
}

function refuseInAgentMode(root: YamlSection): void {
  const alerting = root.section('alerting', 'config.plain');
  const refused: readonly (readonly [string, boolean])[] = [
    [
      'alerting',
      alerting !== undefined &&
        (hasItems(alerting, 'alertmanagers') || hasItems(alerting, 'alert_relabel_configs')),
    ],
    ['rule_files', hasItems(root, 'rule_files')],
    ['remote_read', hasItems(root, 'remote_read')],
  ];
  for (const [name, isThere] of refused) {
    if (!isThere) continue;
    root.problemAtName(name, `field ${name} is not allowed in agent mode`, 'remove it');
  }
}

function readRuntime(root: YamlSection): Config['runtime'] {
  const section = root.section('runtime', 'config.RuntimeConfig');
  const gogc = section?.integer('gogc') ?? 0;
  section?.finish();
  return { gogc: gogc === 0 ? GOGC : gogc };
}

function readPatterns(root: YamlSection, name: string, problem: string): readonly string[] {
  return (root.textItems(name) ?? []).map(({ text, node }) => {
    if (!PATTERN.test(text)) {
      const fix = 'only the last part of a path may have a *';
      root.reader.addProblem(node, `${problem} ${quote(text)}`, fix);
    }
    return root.reader.joinDir(text);
  });
}
