/** OAuth 2.0 client credentials (RFC 6749, section 4.4): a token, kept until it ends. */
import type { OAuth2 } from '../../config/http-client-types.ts';
import { readSecret } from '../../config/secret.ts';
import { HttpRequestError } from './http-error.ts';

/** A token is not used in the last seconds of its life, as in Go's client. */
const EXPIRY_MARGIN_MS = 10_000;

const REQUEST_TIMEOUT_MS = 30_000;
const RESPONSE_BYTES_MAX = 1024 * 1024;

/** What is needed to ask the token server. */
export type PostForm = (
  url: string,
  headers: Readonly<Record<string, string>>,
  form: string,
  bodyBytesMax: number,
  signal: AbortSignal,
) => Promise<{ status: number; statusText: string; contentType: string; body: string }>;

interface Token {
  readonly header: string;
  readonly secret: string;
  readonly expiresAtMs: number;
}

/** Where servers look for id and secret; RFC 6749 wants the header, some take the form only. */
type AuthStyle = 'header' | 'form';

export class OAuth2Tokens {
  readonly #config: OAuth2;
  readonly #post: PostForm;
  readonly #nowMs: () => number;
  #token: Token | undefined;
  #style: AuthStyle | undefined;
  #pending: Promise<Token> | undefined;

  constructor(config: OAuth2, post: PostForm, nowMs: () => number) {
    this.#config = config;
    this.#post = post;
    this.#nowMs = nowMs;
  }

  /**
   * Value of the Authorization header. One fetch serves all who wait; a changed secret file asks
   * for a new token.
   *
   * @throws HttpRequestError
   */
  async authorization(): Promise<string> {
    const { clientSecret } = this.#config;
    const secret = clientSecret === undefined ? '' : await readSecret(clientSecret);
    const token = this.#token;
    if (token !== undefined && token.secret === secret && this.#nowMs() < token.expiresAtMs) {
      return token.header;
    }
    this.#pending ??= this.#fetch(secret).finally(() => {
      this.#pending = undefined;
    });
    this.#token = await this.#pending;
    return this.#token.header;
  }

  async #fetch(secret: string): Promise<Token> {
    if (this.#style !== undefined) return this.#fetchBy(this.#style, secret);
    try {
      const token = await this.#fetchBy('header', secret);
      this.#style = 'header';
      return token;
    } catch {
      const token = await this.#fetchBy('form', secret);
      this.#style = 'form';
      return token;
    }
  }

  async #fetchBy(style: AuthStyle, secret: string): Promise<Token> {
    const { clientId, scopes, endpointParams, tokenUrl } = this.#config;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of Object.entries(endpointParams)) form.set(name, value);
    const headers: Record<string, string> = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    };
    if (style === 'header') {
      const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
      headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    } else {
      form.set('client_id', clientId);
      if (secret !== '') form.set('client_secret', secret);
    }
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const answer = await this.#post(tokenUrl, headers, form.toString(), RESPONSE_BYTES_MAX, signal);
    return this.#readToken(answer, secret);
  }

  #readToken(answer: Awaited<ReturnType<PostForm>>, secret: string): Token {
    const fields = readFields(answer.body, answer.contentType);
    if (answer.status < 200 || answer.status > 299) {
      // The body may repeat what we sent, so only the standard fields are shown.
      const code = fields.get('error');
      const said = code === undefined ? '' : `: ${code} ${fields.get('error_description') ?? ''}`;
      throw new HttpRequestError(
        `oauth2: cannot fetch token: ${answer.status} ${answer.statusText}${said}`.trimEnd(),
      );
    }
    const accessToken = fields.get('access_token') ?? '';
    if (accessToken === '') {
      throw new HttpRequestError('oauth2: server response missing access_token');
    }
    const expiresInSeconds = Number(fields.get('expires_in') ?? 0);
    const expiresAtMs =
      expiresInSeconds > 0
        ? this.#nowMs() + expiresInSeconds * 1000 - EXPIRY_MARGIN_MS
        : Number.POSITIVE_INFINITY;
    const header = `${tokenType(fields.get('token_type') ?? '')} ${accessToken}`;
    return { header, secret, expiresAtMs };
  }
}

function tokenType(type: string): string {
  const lower = type.toLowerCase();
  if (lower === '' || lower === 'bearer') return 'Bearer';
  if (lower === 'mac') return 'MAC';
  if (lower === 'basic') return 'Basic';
  return type;
}

/** JSON by the standard; some servers answer with a form. */
function readFields(body: string, contentType: string): ReadonlyMap<string, string> {
  if (/^(application\/x-www-form-urlencoded|text\/plain)\b/i.test(contentType)) {
    const form = new Map(new URLSearchParams(body));
    if (form.has('access_token')) return form;
  }
  const fields = new Map<string, string>();
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null) {
      for (const [name, value] of Object.entries(json)) {
        if (typeof value === 'string' || typeof value === 'number') fields.set(name, `${value}`);
      }
    }
  } catch {
    // No fields: the caller says that the token is missing, or shows the status.
  }
  return fields;
}
