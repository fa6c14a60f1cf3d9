/** The receivers of a configuration, ready to send, with what they need. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import { ConfigErrors } from '../../config/config-errors.ts';
import { GlobError, globFiles } from '../../config/glob-files.ts';
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import { PlaceError } from '../../model/place-error.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import { buildIntegrations } from '../build-integrations.ts';
import type { IntegrationsByReceiver } from '../notification-engine.ts';
import { NotificationTemplates, type TemplateFile } from '../template/notification-templates.ts';
import { receiverFactories } from './factories.ts';
import type { ReceiverContext, ReceiverHttp } from './receiver.ts';
import { RobotLanes } from './robot-lanes.ts';

export interface ReceiverEnvironment {
  /** As people open the program, without a slash at its end. */
  readonly externalUrl: string;
  readonly nowMs: () => number;
  readonly createHttp: (config: HttpClientConfig) => ReceiverHttp;
  readonly readTls: ReceiverContext['readTls'];
  /** Absent: messages are as their templates make them. */
  readonly extras?: ReceiverContext['extras'] | undefined;
}

export interface LoadedReceivers {
  readonly integrations: IntegrationsByReceiver;
  readonly templates: NotificationTemplates;
  /** Lets go of connections; nothing may be sent any more. */
  close(): void;
}

/**
 * Reads the template files and makes the receivers; nothing is sent.
 * @param path of the configuration, for errors
 * @throws ConfigErrors
 */
export async function loadReceivers(
  path: string,
  config: NotificationConfig,
  environment: ReceiverEnvironment,
): Promise<LoadedReceivers> {
  const templates = await loadTemplates(path, config.templates, environment.nowMs);
  const closers: (() => void)[] = [];
  const close = (): void => {
    for (const one of closers) one();
  };
  const factories = receiverFactories({
    templates,
    externalUrl: environment.externalUrl,
    nowMs: environment.nowMs,
    readTls: environment.readTls,
    lanes: new RobotLanes(),
    extras: environment.extras ?? (() => Promise.resolve(undefined)),
    http: (http) => {
      const client = environment.createHttp(http);
      closers.push(() => client.close());
      return client;
    },
    closeLater: (one) => closers.push(one),
  });
  try {
    return { integrations: buildIntegrations(config, factories), templates, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function loadTemplates(
  path: string,
  patterns: readonly string[],
  nowMs: () => number,
): Promise<NotificationTemplates> {
  let shown = path;
  try {
    const files: TemplateFile[] = [];
    for (const pattern of patterns) {
      for (const file of await globFiles(pattern)) {
        shown = file;
        files.push({ name: basename(file), text: await readFile(file, 'utf8') });
      }
    }
    shown = files.length === 1 ? shown : path;
    return new NotificationTemplates(files, nowMs);
  } catch (error) {
    const isMistake =
      error instanceof TemplateError || error instanceof GlobError || isSystemError(error);
    if (!isMistake) throw error;
    const place = { file: shown, line: 1, column: 1 };
    const text = `failed to parse templates: ${(error as Error).message}`;
    throw new ConfigErrors(path, [new PlaceError(place, text, '', { cause: error })]);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
