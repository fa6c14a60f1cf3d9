/** One conversation with a mail server, and which step of it failed. */
import type { ConnectionOptions } from 'node:tls';
import SMTPConnection, {
  type SMTPConnectionCustomAuthContext,
} from 'nodemailer/lib/smtp-connection';
import { describeNetworkError } from '../../model/network-error.ts';
import { AUTH_NAMES, chooseMechanism, offeredMechanisms, type SmtpLogin } from './smtp-auth.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** Our name in EHLO. */
  readonly hello: string;
  /** TLS from the first byte. */
  readonly isImplicitTls: boolean;
  /** Otherwise: nothing is sent before STARTTLS. */
  readonly requireTls: boolean;
  readonly tls: ConnectionOptions;
}

export interface SmtpEnvelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface SmtpAnswer {
  /** `250 2.0.0 OK queued` */
  readonly text: string;
  readonly refusals: readonly string[];
}

/** The message names the step, in Alertmanager's words. */
export class SmtpError extends Error {
  override readonly name = 'SmtpError';
}

/** PLAIN on behalf of somebody else, which nodemailer leaves out. */
const PLAIN_FOR = 'PLAIN-FOR';

type NodemailerError = Error & {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
};

/** Ends with the message, or an error. */
export class SmtpSession {
  readonly #server: SmtpServer;
  readonly #connection: SMTPConnection;
  readonly #failure: Promise<never>;
  #fail: (error: Error) => void = () => undefined;
  /** Answers of the server so far. */
  #answerCount = 0;
  #lastEhlo = '';

  constructor(server: SmtpServer) {
    this.#server = server;
    const { host, port, hello, isImplicitTls, requireTls, tls } = server;
    const takeAnswer = (data: unknown, text?: unknown): void => this.#takeAnswer(data, text);
    const ignore = (): void => undefined;
    this.#connection = new SMTPConnection({
      host,
      port,
      secure: isImplicitTls,
      requireTLS: requireTls && !isImplicitTls,
      ignoreTLS: !requireTls,
      tls,
      ...(hello === '' ? {} : { name: hello }),
      transactionLog: true,
      logger: {
        level: ignore,
        trace: ignore,
        debug: takeAnswer,
        info: ignore,
        warn: ignore,
        error: ignore,
        fatal: ignore,
      },
      customAuth: { [PLAIN_FOR]: authPlainFor },
    });
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // It may fail when nobody waits for anything any more.
    this.#failure.catch(() => undefined);
    this.#connection.on('error', (error: NodemailerError) => this.#fail(error));
    this.#connection.on('end', () => this.#fail(new Error('EOF')));
  }

  /** @throws SmtpError */
  async connect(): Promise<void> {
    const connected = new Promise<void>((resolve) => {
      this.#connection.connect((error) => {
        if (error === undefined) resolve();
        else this.#fail(error);
      });
    });
    await this.#step(connected, (error) => this.#connectProblem(error));
  }

  /** Does nothing where the server knows no AUTH. @throws SmtpError */
  async logIn(login: SmtpLogin): Promise<void> {
    const offered = offeredMechanisms(this.#lastEhlo);
    if (offered === undefined) return;
    const choice = chooseMechanism(offered, login);
    if ('problem' in choice) throw new SmtpError(`find auth mechanism: ${choice.problem}`);
    const { mechanism } = choice;
    const name = AUTH_NAMES[mechanism];
    if (mechanism === 'PLAIN' && !this.#connection.secure && !isLocal(this.#server.host)) {
      throw new SmtpError(`${name} auth: unencrypted connection`);
    }
    const { username, identity, password, secret } = login;
    const isFor = mechanism === 'PLAIN' && identity !== '';
    const loggedIn = callback((done) =>
      this.#connection.login(
        {
          method: isFor ? PLAIN_FOR : mechanism,
          user: username,
          pass: mechanism === 'CRAM-MD5' ? secret : password,
          ...(isFor ? { options: { identity } } : {}),
        },
        done,
      ),
    );
    await this.#step(loggedIn, (error) => `${name} auth: ${answerOf(error)}`);
  }

  /**
   * @returns what the server said, and why it refused some of the recipients
   * @throws SmtpError
   */
  async send({ from, to }: SmtpEnvelope, message: Buffer): Promise<SmtpAnswer> {
    const refusals: string[] = [];
    let text = '';
    const sent = callback((done) =>
      this.#connection.send({ from, to: [...to] }, message, (error, info) => {
        text = info?.response ?? '';
        for (const refusal of info?.rejectedErrors ?? []) refusals.push(answerOf(refusal));
        done(error);
      }),
    );
    await this.#step(sent, sendProblem);
    return { text, refusals };
  }

  /** Takes leave. */
  quit(): void {
    this.#connection.quit();
  }

  /** Cuts the connection; what is waited for fails. */
  close(): void {
    this.#fail(new Error('EOF'));
    this.#connection.close();
  }

  async #step(step: Promise<unknown>, describe: (error: NodemailerError) => string): Promise<void> {
    try {
      await Promise.race([step, this.#failure]);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof SmtpError) throw error;
      throw new SmtpError(describe(error), { cause: error });
    }
  }

  #takeAnswer(data: unknown, text: unknown): void {
    const isAnswer =
      typeof data === 'object' && data !== null && 'tnx' in data && data.tnx === 'server';
    if (!isAnswer || typeof text !== 'string') return;
    this.#answerCount++;
    // The greeting is the first answer, EHLO's is what has several lines of 250.
    if (this.#answerCount <= 1 || !/^250[ -]/.test(text)) return;
    this.#lastEhlo = text;
    const { host, port, requireTls } = this.#server;
    if (!requireTls || this.#connection.secure || this.#offersStartTls) return;
    // nodemailer would try all the same.
    const words = `'require_tls' is true (default) but "${host}:${port}" does not advertise the STARTTLS extension`;
    this.#fail(new SmtpError(words));
  }

  get #offersStartTls(): boolean {
    return /^\d+[ -]STARTTLS\b/im.test(this.#lastEhlo);
  }

  #connectProblem(error: NodemailerError): string {
    const { isImplicitTls, requireTls } = this.#server;
    if (requireTls && this.#offersStartTls && !this.#connection.secure) {
      return `send STARTTLS command: ${tlsProblem(error)}`;
    }
    if (this.#answerCount > 0) {
      const step = error.command === 'CONN' ? 'create SMTP client' : 'send EHLO command';
      return `${step}: ${answerOf(error)}`;
    }
    const what = isImplicitTls ? 'TLS connection' : 'connection';
    return `establish ${what} to server: ${answerOf(error)}`;
  }
}

const STEPS: Readonly<Record<string, string>> = {
  'MAIL FROM': 'send MAIL command',
  'RCPT TO': 'send RCPT command',
  DATA: 'send DATA command',
};

function sendProblem(error: NodemailerError): string {
  const isOfMessage = error.code === 'EMESSAGE';
  const step = (isOfMessage ? undefined : STEPS[error.command ?? '']) ?? 'delivery failure';
  return `${step}: ${answerOf(error)}`;
}

/** The server's own words, or what happened to the connection. */
function answerOf(error: NodemailerError): string {
  if (error.response !== undefined && error.response !== '') return error.response.trim();
  const { originalCode } = error;
  if (originalCode === undefined) return describeNetworkError(error);
  // nodemailer puts its own code in the place of the system's.
  return describeNetworkError(
    Object.assign(new Error(error.message), error, { code: originalCode }),
  );
}

function tlsProblem(error: NodemailerError): string {
  return answerOf(error).replace(/^Error initiating TLS - /, '');
}

function callback(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** As Go has it: PLAIN without TLS goes to this machine only. */
function isLocal(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
}

async function authPlainFor(context: SMTPConnectionCustomAuthContext): Promise<void> {
  const { user, pass, options } = context.auth.credentials;
  const identity = typeof options?.['identity'] === 'string' ? options['identity'] : '';
  const token = Buffer.from(`${identity}\0${user}\0${pass}`).toString('base64');
  const { status } = await context.sendCommand(`AUTH PLAIN ${token}`);
  if (status !== 235) throw new Error('Invalid login');
}
