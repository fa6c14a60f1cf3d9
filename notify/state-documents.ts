/** The engine's state as JSON, and back. */
import type { Alert } from '../model/alert.ts';
import { AlertMatcher } from '../model/alert-matchers/alert-matcher.ts';
import { Labels } from '../model/labels.ts';
import type { MatchType } from '../model/matcher.ts';
import type { AlertGroup } from './alert-group.ts';
import type { LogRecord } from './notification-log.ts';
import type { NotifyDocument, NotifyDocumentName } from './notify-store.ts';
import type { Silence } from './silence.ts';

/** When a group speaks next. */
export interface GroupState {
  readonly routeId: string;
  readonly groupLabels: Labels;
  readonly nextFlushAtMs: number;
}

export interface NotifyState {
  readonly alerts: readonly Alert[];
  readonly silences: readonly Silence[];
  readonly log: readonly LogRecord[];
  readonly groups: readonly GroupState[];
  /** When the state was last known to be kept up to date; undefined when it is all new. */
  readonly aliveAtMs: number | undefined;
}

type Pairs = readonly string[];

interface AlertJson extends Omit<Alert, 'labels' | 'annotations'> {
  readonly labels: Pairs;
  readonly annotations: Pairs;
}

interface SilenceJson extends Omit<Silence, 'matchers'> {
  readonly matchers: readonly (readonly [MatchType, string, string])[];
}

interface GroupJson extends Omit<GroupState, 'groupLabels'> {
  readonly groupLabels: Pairs;
}

function encodeAlert(alert: Alert): string {
  const json: AlertJson = {
    ...alert,
    labels: alert.labels.pairs,
    annotations: alert.annotations.pairs,
  };
  return JSON.stringify(json);
}

function encodeSilence(silence: Silence): string {
  const json: SilenceJson = {
    ...silence,
    matchers: silence.matchers.map(({ type, name, value }) => [type, name, value]),
  };
  return JSON.stringify(json);
}

function encodeGroup({ route, groupLabels, nextFlushAtMs }: AlertGroup): string {
  const json: GroupJson = { routeId: route.id, groupLabels: groupLabels.pairs, nextFlushAtMs };
  return JSON.stringify(json);
}

/** Where the documents come from, by their keys. */
export interface StateSources {
  /** By fingerprint. */
  readonly alert: (key: string) => Alert | undefined;
  readonly silence: (key: string) => Silence | undefined;
  readonly log: (key: string) => LogRecord | undefined;
  /** By `groupDocumentKey`. */
  readonly group: (key: string) => AlertGroup | undefined;
  readonly nowMs: () => number;
}

/** A document as it is now; undefined when it is gone. */
export function encodeDocument(
  { kind, key }: NotifyDocumentName,
  sources: StateSources,
): string | undefined {
  switch (kind) {
    case 'alert': {
      const alert = sources.alert(key);
      return alert && encodeAlert(alert);
    }
    case 'silence': {
      const silence = sources.silence(key);
      return silence && encodeSilence(silence);
    }
    case 'log': {
      const record = sources.log(key);
      return record && JSON.stringify(record);
    }
    case 'group': {
      const group = sources.group(key);
      return group && encodeGroup(group);
    }
    case 'alive':
      return JSON.stringify(sources.nowMs());
  }
}

export function groupDocumentKey(routeId: string, groupLabels: Labels): string {
  return `${routeId}:${String(groupLabels)}`;
}

/**
 * @param onBad told of each document that cannot be read; it counts as absent. What we wrote
 *   ourselves has its shape, but a store may be cut short or hold another version's
 */
export function decodeState(
  documents: readonly NotifyDocument[],
  onBad: (message: string) => void,
): NotifyState {
  const of = <T, U>(kind: NotifyDocument['kind'], decode: (json: T) => U): readonly U[] => {
    return documents.flatMap((document) => {
      if (document.kind !== kind) return [];
      try {
        return [decode(JSON.parse(document.json) as T)];
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        onBad(`${kind} ${document.key} cannot be read: ${why}`);
        return [];
      }
    });
  };
  return {
    alerts: of('alert', (json: AlertJson) => ({
      ...json,
      labels: Labels.fromPairs(json.labels),
      annotations: Labels.fromPairs(json.annotations),
    })),
    silences: of('silence', (json: SilenceJson) => ({
      ...json,
      matchers: json.matchers.map(([type, name, value]) => new AlertMatcher(type, name, value)),
    })),
    // What is undefined is left out of JSON.
    log: of('log', (json: LogRecord) => ({ ...json, entry: json.entry, attempt: json.attempt })),
    groups: of('group', (json: GroupJson) => ({
      ...json,
      groupLabels: Labels.fromPairs(json.groupLabels),
    })),
    aliveAtMs: of('alive', (json: number) => json).at(-1),
  };
}
