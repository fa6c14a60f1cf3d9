/** What proves to an API server who we are. */
import { readSecret, type SecretSource } from '../../config/secret.ts';
import type { Clock } from '../../model/clock.ts';
import { ClusterUnreachable } from '../api-errors.ts';
import type { ClusterAuth, ConnectionSettings } from './connection-settings.ts';
import { runExecPlugin } from './exec-plugin.ts';
import type { ClientCertificate } from './tls-material.ts';

/** A bound service account token lives about an hour and is replaced in its file at 80 %. */
const TOKEN_FILE_REREAD_MS = 60_000;
/** Credentials are not used in the last minute of their life. */
const EXPIRY_MARGIN_MS = 60_000;
/** After a plugin's failure it is not run again at once for each request that waits. */
const FAILURE_KEPT_MS = 2_000;

/** Never to be logged. */
export interface Credential {
  readonly authorization: string | undefined;
  readonly certificate: ClientCertificate | undefined;
}

export interface Credentials {
  /** @throws ClusterUnreachable when there are none to be had */
  current(): Promise<Credential>;
  /**
   * The server answered 401 to this credential.
   * @returns whether asking `current` anew can give another
   */
  refused(credential: Credential): boolean;
}

export function createCredentials(
  settings: ConnectionSettings,
  clock: Clock,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  const { auth } = settings;
  switch (auth.kind) {
    case 'none':
      return fixed(undefined);
    case 'basic':
      return new Renewed(clock, async () => ({
        credential: plain(await basic(auth)),
        untilMs: clock.nowMs() + TOKEN_FILE_REREAD_MS,
      }));
    case 'token': {
      const { source, scheme = 'Bearer' } = auth;
      if ('value' in source) return fixed(`${scheme} ${source.value.reveal()}`);
      return new Renewed(clock, async () => ({
        credential: plain(`${scheme} ${await readTokenFile(source.file)}`),
        untilMs: clock.nowMs() + TOKEN_FILE_REREAD_MS,
      }));
    }
    case 'exec':
      return new Renewed(clock, async () => {
        const { token, certificate, expiresAtMs } = await runExecPlugin(
          auth.plugin,
          settings,
          clock,
          env,
        );
        return {
          credential: {
            authorization: token === undefined ? undefined : `Bearer ${token}`,
            certificate,
          },
          untilMs: (expiresAtMs ?? Number.POSITIVE_INFINITY) - EXPIRY_MARGIN_MS,
        };
      });
  }
}

function plain(authorization: string | undefined): Credential {
  return { authorization, certificate: undefined };
}

function fixed(authorization: string | undefined): Credentials {
  const credential = plain(authorization);
  return { current: () => Promise.resolve(credential), refused: () => false };
}

interface Reading {
  readonly credential: Credential;
  /** Unix milliseconds. */
  readonly untilMs: number;
}

/** Read when asked for and not known, or over; one reading at a time. */
class Renewed implements Credentials {
  readonly #clock: Clock;
  readonly #read: () => Promise<Reading>;
  #known: Reading | undefined;
  #reading: Promise<Reading> | undefined;

  constructor(clock: Clock, read: () => Promise<Reading>) {
    this.#clock = clock;
    this.#read = read;
  }

  async current(): Promise<Credential> {
    const known = this.#known;
    if (known !== undefined && this.#clock.nowMs() < known.untilMs) return known.credential;
    this.#reading ??= this.#renew();
    return (await this.#reading).credential;
  }

  refused(credential: Credential): boolean {
    // Another request may have renewed it meanwhile.
    if (this.#known?.credential === credential) this.#known = undefined;
    return true;
  }

  async #renew(): Promise<Reading> {
    try {
      const reading = await this.#read();
      this.#known = reading;
      this.#reading = undefined;
      return reading;
    } catch (error) {
      this.#clock.schedule(FAILURE_KEPT_MS, () => {
        this.#reading = undefined;
      });
      throw error;
    }
  }
}

async function basic(auth: Extract<ClusterAuth, { kind: 'basic' }>): Promise<string> {
  const read = (source: SecretSource): Promise<string> => reading(() => readSecret(source));
  const username = await read(auth.username);
  const password = auth.password === undefined ? '' : await read(auth.password);
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function readTokenFile(file: string): Promise<string> {
  const token = await reading(() => readSecret({ file }));
  if (token === '') throw new ClusterUnreachable(`the token file ${file} is empty`);
  return token;
}

async function reading(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterUnreachable(`cannot read the credentials: ${text}`, { cause });
  }
}
