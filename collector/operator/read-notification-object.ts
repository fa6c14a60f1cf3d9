/** Reads an AlertmanagerConfig, its Secrets included. */

import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import { Problems } from '../../config/config-errors.ts';
import { readAlertmanagerFile } from '../../config/read-config.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { alertmanagerDocument } from './alertmanager-document.ts';
import { MalformedObjectError } from './document.ts';
import { KeyValues } from './key-references.ts';
import { fileError, namedFiles } from './named-files.ts';
import { readReferences } from './read-references.ts';
import { type MonitorObject, objectNamespace } from './scrape-document.ts';

export interface ReadNotificationObject {
  /** Undefined when there are errors. */
  readonly config: NotificationConfig | undefined;
  readonly errors: readonly string[];
  readonly hasReferences: boolean;
}

/** @throws ClusterUnreachable, ApiStatusError when its Secrets cannot be read at the moment */
export async function readNotificationObject(
  object: MonitorObject,
  cluster: Cluster,
  filesAllowed: boolean,
): Promise<ReadNotificationObject> {
  let hasReferences = false;
  try {
    const asked = new KeyValues();
    let document = alertmanagerDocument(object, asked, cluster.name);
    if (asked.missing.length > 0) {
      hasReferences = true;
      const read = await readReferences(cluster, objectNamespace(object), asked.missing);
      if (read.errors.length > 0) return { config: undefined, errors: read.errors, hasReferences };
      document = alertmanagerDocument(object, new KeyValues(read.values), cluster.name);
    }
    const problems = new Problems();
    const context = { problems, dir: '/', env: {}, agentMode: false };
    // JSON is YAML.
    const config = readAlertmanagerFile(object.metadata.name, JSON.stringify(document), context);
    const files = filesAllowed ? [] : namedFiles(document);
    const errors = [...problems.all.map(({ problem }) => problem), ...files.map(fileError)];
    return { config: errors.length > 0 ? undefined : config, errors, hasReferences };
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    return { config: undefined, errors: [error.message], hasReferences };
  }
}

/** The routes of objects come before those of the file, which get every alert, too. */
export function mergeNotifications(
  base: NotificationConfig,
  objects: readonly NotificationConfig[],
): NotificationConfig {
  if (objects.length === 0) return base;
  return {
    ...base,
    route: {
      ...base.route,
      routes: [...objects.flatMap(({ route }) => route.routes), ...base.route.routes],
    },
    receivers: [...base.receivers, ...objects.flatMap((one) => one.receivers)],
    inhibitRules: [...base.inhibitRules, ...objects.flatMap((one) => one.inhibitRules)],
    timeIntervals: [...base.timeIntervals, ...objects.flatMap((one) => one.timeIntervals)],
  };
}
