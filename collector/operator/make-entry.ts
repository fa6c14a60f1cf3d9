/** From an object of the operator to what it gives, its Secrets read. */
import type { GlobalConfig } from '../../config/types.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { MalformedObjectError } from './document.ts';
import { KeyValues } from './key-references.ts';
import type { OperatorEntry } from './operator-entry.ts';
import { type OperatorKind, TO_SCRAPE_DOCUMENTS } from './operator-kinds.ts';
import { readNotificationObject } from './read-notification-object.ts';
import { readReferences } from './read-references.ts';
import { readScrapeDocuments } from './read-scrape-documents.ts';
import { type MonitorObject, objectNamespace } from './scrape-document.ts';

export interface EntryContext {
  readonly cluster: Cluster;
  readonly global: GlobalConfig;
  readonly filesAllowed: boolean;
}

/**
 * What is wrong with the object stands in the entry.
 * @throws ClusterUnreachable, ApiStatusError when its Secrets cannot be read at the moment
 */
export async function makeEntry(
  kind: OperatorKind,
  object: MonitorObject,
  { cluster, global, filesAllowed }: EntryContext,
): Promise<OperatorEntry> {
  const none = {
    scrapeConfigs: [],
    notifications: undefined,
    hasReferences: false,
    errors: [],
    warnings: [],
  };
  const entry: OperatorEntry = { cluster: cluster.name, kind, object, ...none };
  if (kind === 'AlertmanagerConfig') {
    const { config, ...rest } = await readNotificationObject(object, cluster, filesAllowed);
    return { ...entry, ...rest, notifications: config };
  }
  const toDocuments = TO_SCRAPE_DOCUMENTS[kind];
  if (toDocuments === undefined) return entry;
  let hasReferences = false;
  try {
    const asked = new KeyValues();
    let documents = toDocuments(object, asked, cluster.name);
    let referenceErrors: readonly string[] = [];
    if (asked.missing.length > 0) {
      hasReferences = true;
      const read = await readReferences(cluster, objectNamespace(object), asked.missing);
      referenceErrors = read.errors;
      documents = toDocuments(object, new KeyValues(read.values), cluster.name);
    }
    const warnings = [...new Set(documents.flatMap((one) => one.warnings))];
    const options = { cluster: cluster.name, global, filesAllowed };
    const complete = documents.filter((one) => !one.isIncomplete);
    const read = readScrapeDocuments(complete, options);
    const errors = [...referenceErrors, ...read.errors];
    return { ...entry, hasReferences, scrapeConfigs: read.configs, errors, warnings };
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    return { ...entry, hasReferences, errors: [error.message] };
  }
}
