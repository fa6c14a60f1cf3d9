/** What proves who we are, header by header, read anew for each request. */
import type { BasicAuth, HttpClientConfig } from '../../config/http-client-types.ts';
import { readSecret, type SecretSource } from '../../config/secret.ts';
import { HttpRequestError } from './http-error.ts';
import type { OAuth2Tokens } from './oauth2.ts';

/**
 * The headers of the configuration: authorization and `http_headers`. They go to the host that was
 * asked only, not to one that it redirects to.
 *
 * @throws HttpRequestError for a file that cannot be read, or a token that cannot be fetched
 */
export async function configuredHeaders(
  config: HttpClientConfig,
  tokens: OAuth2Tokens | undefined,
): Promise<Record<string, string | string[]>> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, { values, secrets, files }] of Object.entries(config.httpHeaders)) {
    const all = [...values, ...secrets.map((secret) => secret.reveal())];
    for (const file of files) all.push(await read(`header ${name}`, { file }));
    headers[name.toLowerCase()] = all;
  }
  const authorization = await authorizationOf(config, tokens);
  if (authorization !== undefined) headers['authorization'] = authorization;
  return headers;
}

async function authorizationOf(
  config: HttpClientConfig,
  tokens: OAuth2Tokens | undefined,
): Promise<string | undefined> {
  if (tokens !== undefined) return tokens.authorization();
  if (config.basicAuth !== undefined) return basic(config.basicAuth);
  const { authorization } = config;
  if (authorization?.credentials === undefined) return undefined;
  const credentials = await read('authorization credentials', authorization.credentials);
  return credentials === '' ? undefined : `${authorization.type} ${credentials}`;
}

async function basic(auth: BasicAuth): Promise<string> {
  const username =
    auth.usernameFile === undefined
      ? auth.username
      : await read('basic auth username', { file: auth.usernameFile });
  const password =
    auth.password === undefined ? '' : await read('basic auth password', auth.password);
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function read(what: string, source: SecretSource): Promise<string> {
  try {
    if ('value' in source) return source.value.reveal();
    return await readSecret(source);
  } catch (cause) {
    const file = 'file' in source ? source.file : '';
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new HttpRequestError(`unable to read ${what}: unable to read file ${file}: ${text}`, {
      cause,
    });
  }
}
