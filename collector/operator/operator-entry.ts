/** One object of the operator and what became of it. */
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import type { ScrapeConfig } from '../../config/types.ts';
import type { OperatorKind } from './operator-kinds.ts';
import type { MonitorObject } from './scrape-document.ts';

/** What a person is told of an object. */
export interface ObjectStatus {
  readonly kind: OperatorKind;
  readonly namespace: string;
  readonly name: string;
  /** What of it is not in force, and why. */
  readonly errors: readonly string[];
  /** What is written in it and has no effect. */
  readonly warnings: readonly string[];
  /** Names of the scrape pools, rule groups or receivers that it gave. */
  readonly gives: readonly string[];
}

export interface OperatorEntry {
  readonly cluster: string;
  readonly kind: OperatorKind;
  readonly object: MonitorObject;
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** Of an AlertmanagerConfig that is in order. */
  readonly notifications: NotificationConfig | undefined;
  /** Whether it refers to Secrets or ConfigMaps, which may change. */
  readonly hasReferences: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}
