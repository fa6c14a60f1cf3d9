/** Mail: one message to all addresses, over SMTP with TLS and authentication. */
import { hostname } from 'node:os';
import addressparser from 'nodemailer/lib/addressparser';
import type { EmailConfig } from '../../config/alertmanager/receivers/email.ts';
import { htmlBlock, PICTURE_CID, plainText, withBlock } from '../extras/extras-text.ts';
import type { Notification, Notifier, NotifyResult } from '../notifier.ts';
import { emailMessage } from './email-message.ts';
import { type Expander, expander } from './expander.ts';
import { groupKeyHash } from './group-key-hash.ts';
import { ATTEMPT_MS_MAX, maskSecrets } from './http-send.ts';
import { MessageError, messageError, messageSecret, orFailed } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import type { SmtpLogin } from './smtp-auth.ts';
import { type SmtpEnvelope, SmtpError, type SmtpServer, SmtpSession } from './smtp-session.ts';

const HTML = '{{ template "email.default.html" . }}';
const SUBJECT = '{{ template "email.default.subject" . }}';
const IMPLICIT_TLS_PORT = 465;
const THREAD_HASH_LENGTH = 16;
/** Of the number that an answer begins with. */
const STATUS_LENGTH = 3;

interface Email {
  readonly envelope: SmtpEnvelope;
  readonly message: Buffer;
}

export class EmailNotifier implements Notifier {
  readonly #config: EmailConfig;
  readonly #context: ReceiverContext;

  constructor(config: EmailConfig, context: ReceiverContext) {
    this.#config = config;
    this.#context = context;
  }

  notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    return orFailed(() => this.#send(notification, signal));
  }

  async #send(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    const email = await this.#email(notification);
    const server = await this.#server();
    const login = await this.#login();
    const ends = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS_MAX)]);
    const session = new SmtpSession(server);
    const cut = (): void => session.close();
    ends.addEventListener('abort', cut);
    if (ends.aborted) cut();
    try {
      await session.connect();
      if (login !== undefined) await session.logIn(login);
      const { text, refusals } = await session.send(email.envelope, email.message);
      notification.onAnswer?.(Number(text.slice(0, STATUS_LENGTH)), text);
      session.quit();
      if (refusals.length === 0) return { kind: 'sent' };
      return { kind: 'sent', warning: `send RCPT command: ${refusals.join('; ')}` };
    } catch (error) {
      session.close();
      if (!(error instanceof SmtpError)) throw error;
      const words = ends.aborted ? 'context deadline exceeded' : error.message;
      const message = maskSecrets(words, [login?.password ?? '', login?.secret ?? '']);
      return { kind: 'failed', retry: true, reason: 'other', message };
    } finally {
      ends.removeEventListener('abort', cut);
    }
  }

  async #email(notification: Notification): Promise<Email> {
    const expand = expander(notification, this.#context);
    const from = templated(() => expand.text(this.#config.from), "execute 'from' template");
    const to = templated(() => expand.text(this.#config.to), "execute 'to' template");
    const senders = parseAddresses(from, 'from');
    const [sender, ...others] = senders;
    if (sender === undefined || others.length > 0) {
      throw new MessageError(`must be exactly one 'from' address (got: ${senders.length})`);
    }
    const envelope = { from: sender, to: parseAddresses(to, 'to') };
    const extras = await this.#context.extras(notification);
    const html = templated(() => expand.html(this.#config.html), 'execute html template');
    const text = templated(() => expand.text(this.#config.text), 'execute text template');
    const isDefault = this.#config.html === HTML && extras !== undefined;
    const picture = extras?.picture && { cid: PICTURE_CID, png: extras.picture.png };
    const message = await emailMessage({
      headers: this.#headers(notification, expand),
      messageId: `${notification.id}@${hostname()}`,
      dateMs: this.#context.nowMs(),
      text: text === '' && extras !== undefined ? plainText(extras) : text,
      html: isDefault ? withBlock(html, htmlBlock(extras)) : html,
      // Pages of people's own may name it.
      picture: isDefault || html.includes(`cid:${PICTURE_CID}`) ? picture : undefined,
    });
    return { envelope, message };
  }

  #headers(notification: Notification, { text }: Expander): readonly (readonly [string, string])[] {
    const { from, to, headers, threading } = this.#config;
    const all = Object.entries({ Subject: SUBJECT, To: to, From: from, ...headers });
    const expanded = all.map(([name, template]) => {
      return [name, templated(() => text(template), `execute "${name}" header template`)] as const;
    });
    if (threading === 'off') return expanded;
    const root = threadRoot(notification.groupKey, threading, this.#context.nowMs());
    return [...expanded, ['References', root], ['In-Reply-To', root]];
  }

  async #server(): Promise<SmtpServer> {
    const { smarthost, hello, forceImplicitTls, requireTls, tls } = this.#config;
    const { host, port } = splitHostPort(smarthost);
    try {
      return {
        host,
        port,
        hello,
        requireTls,
        isImplicitTls: forceImplicitTls ?? port === IMPLICIT_TLS_PORT,
        tls: await this.#context.readTls(tls),
      };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new MessageError(`parse TLS configuration: ${words}`, { cause: error });
    }
  }

  /** Undefined: nobody in particular. */
  async #login(): Promise<SmtpLogin | undefined> {
    const { authUsername: username, authIdentity: identity } = this.#config;
    if (username === '') return undefined;
    const { authPassword, authSecret } = this.#config;
    const password = await messageSecret(authPassword, 'find auth mechanism');
    const secret = await messageSecret(authSecret, 'find auth mechanism');
    return { username, identity, password, secret };
  }
}

function templated(expand: () => string, what: string): string {
  try {
    return expand();
  } catch (error) {
    throw messageError(what, error);
  }
}

/** Bare addresses. @throws MessageError */
function parseAddresses(text: string, what: 'from' | 'to'): readonly string[] {
  const problem = (words: string): MessageError =>
    new MessageError(`parse '${what}' addresses: mail: ${words}`);
  const parsed = addressparser(text, { flatten: true });
  if (parsed.length === 0) throw problem('no address');
  return parsed.map(({ address }) => {
    if (!/^[^\s@<>]+(?:@[^\s@<>]+)$/.test(address)) throw problem("missing '@' or angle-addr");
    return address;
  });
}

/**
 * The mail that all of a group seem to answer. There is none: programs for mail put the answers
 * together all the same.
 */
function threadRoot(groupKey: string, threading: 'none' | 'daily', nowMs: number): string {
  const key = groupKeyHash(groupKey).slice(0, THREAD_HASH_LENGTH);
  return `<alert-${key}-${threading === 'daily' ? localDate(nowMs) : ''}@alertmanager>`;
}

function localDate(nowMs: number): string {
  const date = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Of a text that the configuration has checked. */
function splitHostPort(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(text.slice(at + 1)) };
}
