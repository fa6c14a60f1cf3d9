/** What the code of a receiver is given. One file per kind; `factories.ts` names them all. */
import type { ConnectionOptions } from 'node:tls';
import type { HttpClientConfig, TlsConfig } from '../../config/http-client-types.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import type { Notification } from '../notifier.ts';
import type { NotificationTemplates } from '../template/notification-templates.ts';
import type { RobotLanes } from './robot-lanes.ts';

/** One request to a service. */
export interface ReceiverRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** Any status; redirects are followed when the configuration says so. */
export interface ReceiverAnswer {
  readonly status: number;
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** HTTP as an `http_config` says: authentication, TLS, proxy, headers. */
export interface ReceiverHttp {
  /** @throws Error when there is no answer, its message in Go's words and with the URL in it */
  request(request: ReceiverRequest): Promise<ReceiverAnswer>;
  close(): void;
}

/** Shared by all receivers of one configuration. */
export interface ReceiverContext {
  readonly templates: NotificationTemplates;
  /** As people open the program, without a slash at its end. */
  readonly externalUrl: string;
  /** Wall clock. */
  readonly nowMs: () => number;
  /** A client of its own, closed when the configuration is replaced. */
  readonly http: (config: HttpClientConfig) => ReceiverHttp;
  /** TLS as a `tls_config` says, its files read anew. @throws Error naming the file */
  readonly readTls: (config: TlsConfig) => Promise<ConnectionOptions>;
  /** What several receivers send through one robot of a chat. */
  readonly lanes: RobotLanes;
  /** Facts and a picture for alarms of policies; never fails. */
  readonly extras: (notification: Notification) => Promise<MessageExtras | undefined>;
  /** Something to be closed when the configuration is replaced, such as a mail connection. */
  readonly closeLater: (close: () => void) => void;
}
