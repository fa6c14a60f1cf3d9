/** Reads Alertmanager's sections as a whole and checks what they say of each other. */
import type { Node } from 'yaml';
import type { MatcherMode } from '../../model/alert-matchers/parse-matchers.ts';
import { quote } from '../go-text.ts';
import { nullNode } from '../yaml-reader.ts';
import { readItems, YamlSection } from '../yaml-section.ts';
import { maskedAlertmanagerPart, maskSecrets } from './mask-secrets.ts';
import { type NotificationGlobal, readNotificationGlobal } from './read-global.ts';
import { readInhibitRules } from './read-inhibit-rules.ts';
import { type ReceiverConfig, readReceivers } from './read-receivers.ts';
import { type ReadRoute, readRoute } from './read-route.ts';
import { checkIntervalNames, readNamedTimeIntervals } from './read-time-intervals.ts';
import type { NamedTimeInterval, NotificationConfig } from './types.ts';

const SECTIONS = [
  'route',
  'receivers',
  'inhibit_rules',
  'time_intervals',
  'mute_time_intervals',
  'templates',
];

export interface NotificationOptions {
  /** Alertmanager's feature flags `classic-mode` and `utf8-strict-mode`. */
  readonly matcherMode?: MatcherMode;
  /** The file is Alertmanager's alone: there must be a route, and `global` has nothing else. */
  readonly isOwnFile: boolean;
}

/**
 * @returns undefined when there is none of the sections, or (then problems were added) no route
 */
export function readNotifications(
  root: YamlSection,
  options: NotificationOptions,
): NotificationConfig | undefined {
  const { reader } = root;
  const mode = options.matcherMode ?? 'fallback';
  const isThere = SECTIONS.some((name) => root.valueNode(name) !== undefined);
  refuseEventRecorder(root);
  if (!isThere && !options.isOwnFile) return undefined;
  const global = readGlobalSection(root, options.isOwnFile);
  const receivers = readReceivers(reader, itemsOf(root, 'receivers'), global);
  const intervals = readIntervals(root);
  const inhibitRules = readInhibitRules(reader, itemsOf(root, 'inhibit_rules'), mode);
  const templates = root.paths('templates');
  const routeNode = root.valueNode('route');
  if (routeNode === undefined) {
    const text = isThere ? 'no routes provided' : 'no route provided in config';
    root.problem('route', text, 'add a section route with a receiver');
    return undefined;
  }
  const route = readRoute(reader, routeNode, mode);
  checkRoot(route);
  checkReferences(route, receivers, intervals);
  return {
    global,
    route: route.config,
    receivers,
    inhibitRules,
    timeIntervals: intervals,
    templates,
    original: options.isOwnFile
      ? maskSecrets(reader.source.text)
      : maskedAlertmanagerPart(reader.source.text),
  };
}

function readGlobalSection(root: YamlSection, isOwnFile: boolean): NotificationGlobal {
  const section =
    root.section('global', 'config.plain') ??
    new YamlSection(root.reader, nullNode(), 'config.plain');
  const global = readNotificationGlobal(section);
  if (isOwnFile) section.finish();
  return global;
}

function itemsOf(root: YamlSection, name: string): readonly Node[] {
  const node = root.valueNode(name);
  return node === undefined ? [] : readItems(root.reader, node, '[]config.plain', 'a list');
}

function readIntervals(root: YamlSection): readonly NamedTimeInterval[] {
  const { reader } = root;
  const muteNodes = itemsOf(root, 'mute_time_intervals');
  const nodes = itemsOf(root, 'time_intervals');
  const mute = readNamedTimeIntervals(reader, muteNodes, 'mute time interval');
  const intervals = readNamedTimeIntervals(reader, nodes, 'time interval');
  const seen = new Set<string>();
  checkIntervalNames(reader, muteNodes, mute, 'mute time interval', seen);
  checkIntervalNames(reader, nodes, intervals, 'time interval', seen);
  return [...mute, ...intervals];
}

function refuseEventRecorder(root: YamlSection): void {
  if (root.valueNode('event_recorder') === undefined) return;
  root.problemAtName(
    'event_recorder',
    'event_recorder is not supported',
    'remove it: alerts and notifications are kept in the store',
  );
}

/** The root takes every alert, always. */
function checkRoot({ section, config }: ReadRoute): void {
  const refuse = (name: string, text: string): void => section.problem(name, text);
  if (config.receiver === '') refuse('receiver', 'root route must specify a default receiver');
  if (config.matchers.length > 0) {
    refuse('matchers', 'root route must not have any matchers');
  }
  if (config.muteTimeIntervals.length > 0) {
    refuse('mute_time_intervals', 'root route must not have any mute time intervals');
  }
  if (config.activeTimeIntervals.length > 0) {
    refuse('active_time_intervals', 'root route must not have any active time intervals');
  }
  if (config.continue) refuse('continue', 'cannot have continue in root route');
}

function checkReferences(
  root: ReadRoute,
  receivers: readonly ReceiverConfig[],
  intervals: readonly NamedTimeInterval[],
): void {
  const receiverNames = new Set(receivers.map(({ name }) => name));
  const intervalNames = new Set(intervals.map(({ name }) => name));
  walk(root, ({ section, config: { receiver } }) => {
    if (receiver === '' || receiverNames.has(receiver)) return;
    section.problem('receiver', `undefined receiver ${quote(receiver)} used in route`);
  });
  checkEscalation(root, '', receiverNames);
  walk(root, ({ section, config }) => {
    const check = (field: string, names: readonly string[]): void => {
      for (const name of names) {
        if (intervalNames.has(name)) continue;
        section.problem(field, `undefined time interval ${quote(name)} used in route`);
      }
    };
    check('active_time_intervals', config.activeTimeIntervals);
    check('mute_time_intervals', config.muteTimeIntervals);
  });
}

/** @param inherited the receiver of the routes above */
function checkEscalation(
  { section, config, children }: ReadRoute,
  inherited: string,
  receivers: ReadonlySet<string>,
): void {
  const own = config.receiver === '' ? inherited : config.receiver;
  const seen = new Set([own]);
  for (const { receiver } of config.escalate ?? []) {
    if (!receivers.has(receiver)) {
      section.problem('escalate', `undefined receiver ${quote(receiver)} used in escalate`);
    } else if (seen.has(receiver)) {
      const text = `receiver ${quote(receiver)} is told already: escalate names another one`;
      section.problem('escalate', text);
    }
    seen.add(receiver);
  }
  for (const child of children) checkEscalation(child, own, receivers);
}

/** Children first, as Alertmanager looks for what is undefined. */
function walk(route: ReadRoute, visit: (route: ReadRoute) => void): void {
  for (const child of route.children) walk(child, visit);
  visit(route);
}
