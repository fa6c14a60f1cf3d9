/** A notifier of a service over HTTP, of which only what it sends has to be written. */
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import { type FormPart, multipart } from '../extras/multipart.ts';
import type { Notification, Notifier, NotifyResult } from '../notifier.ts';
import { type Expander, expander } from './expander.ts';
import { type HttpOutcome, httpSend, type StatusRules } from './http-send.ts';
import { orFailed } from './message-error.ts';
import { type JsonPost, judge, sendJson } from './post-json.ts';
import type { ReceiverContext, ReceiverHttp, ReceiverRequest } from './receiver.ts';

export type ServicePost = Omit<JsonPost, 'http' | 'signal'>;

export interface ServiceRequest extends Omit<ReceiverRequest, 'signal'> {
  readonly secrets?: readonly string[];
}

/** One attempt to tell a service. */
export class ServiceAttempt {
  readonly notification: Notification;
  readonly expand: Expander;
  readonly nowMs: () => number;
  readonly #context: ReceiverContext;
  readonly #http: ReceiverHttp;
  readonly #signal: AbortSignal;
  /** Of the HTTP settings. */
  readonly #secrets: readonly string[];

  constructor(
    notification: Notification,
    context: ReceiverContext,
    { http, secrets, signal }: AttemptHttp,
  ) {
    this.notification = notification;
    this.expand = expander(notification, context);
    this.nowMs = context.nowMs;
    this.#context = context;
    this.#http = http;
    this.#secrets = secrets;
    this.#signal = signal;
  }

  /** Fires when the flush is out of time. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Facts and a picture where the message is about an alarm of a policy. */
  extras(): Promise<MessageExtras | undefined> {
    return this.#context.extras(this.notification);
  }

  /** A form with files, any answer. */
  sendForm({
    url,
    parts,
    secrets = [],
  }: Pick<ServicePost, 'url' | 'secrets'> & {
    readonly parts: readonly FormPart[];
  }): Promise<HttpOutcome> {
    const { contentType, body } = multipart(parts);
    return this.send({
      method: 'POST',
      url,
      headers: { 'content-type': contentType },
      body,
      secrets,
    });
  }

  /** Expands a template as text. @throws TemplateError */
  text(template: string): string {
    return this.expand.text(template);
  }

  /** Any answer. */
  send({ secrets = [], ...request }: ServiceRequest): Promise<HttpOutcome> {
    return httpSend({ request, ...this.#options(secrets) });
  }

  /** JSON, any answer. */
  sendJson(post: ServicePost): Promise<HttpOutcome> {
    return sendJson({ ...post, ...this.#options(post.secrets ?? []) });
  }

  /** JSON, to a service whose status says whether it took it. */
  async post(post: ServicePost, rules: StatusRules = {}): Promise<NotifyResult> {
    return this.judge(await this.sendJson(post), rules);
  }

  judge(outcome: HttpOutcome, rules: StatusRules = {}): NotifyResult {
    return judge(outcome, this.nowMs, rules);
  }

  #options(secrets: readonly string[]) {
    return {
      http: this.#http,
      signal: this.#signal,
      secrets: [...this.#secrets, ...secrets],
      onAnswer: this.notification.onAnswer,
    };
  }
}

interface AttemptHttp {
  readonly http: ReceiverHttp;
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
}

export function httpNotifier(
  config: { readonly http: HttpClientConfig },
  context: ReceiverContext,
  tell: (attempt: ServiceAttempt) => Promise<NotifyResult>,
): Notifier {
  const http = context.http(config.http);
  const secrets = httpSecrets(config.http);
  return {
    notify: (notification, signal) =>
      orFailed(() => tell(new ServiceAttempt(notification, context, { http, secrets, signal }))),
  };
}

/** Those that stand in the configuration itself. */
function httpSecrets({ authorization, basicAuth }: HttpClientConfig): readonly string[] {
  return [authorization?.credentials, basicAuth?.password].flatMap((source) =>
    source !== undefined && 'value' in source ? [source.value.reveal()] : [],
  );
}
