import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OAuth2 } from '../../config/http-client-types.ts';
import { Secret } from '../../config/secret.ts';
import { testFolder } from '../../test/certificates.ts';
import { httpClientConfig, oauth2Config } from '../../test/collector-configs.ts';
import { listen } from '../../test/listening-server.ts';
import { HttpClient } from './http-client.ts';

interface TokenRequest {
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

/** A token server and a server that shows the token it gets. */
async function setUp(
  answer: (
    request: TokenRequest,
    count: number,
  ) => { status?: number; type?: string; body: string },
  parts: Partial<OAuth2> = {},
) {
  const requests: TokenRequest[] = [];
  const tokenServer = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const asked = { authorization: request.headers.authorization, form };
      requests.push(asked);
      const {
        status = 200,
        type = 'application/json',
        body: text,
      } = answer(asked, requests.length);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  const target = await listen((request, response) => response.end(request.headers.authorization));
  let nowMs = 1_000_000;
  const oauth2 = oauth2Config(`${tokenServer.url}/token`, {
    clientSecret: { value: new Secret('s e') },
    ...parts,
  });
  const client = new HttpClient(httpClientConfig({ oauth2 }), { env: {}, nowMs: () => nowMs });
  onTestFinished(() => client.close());
  const get = async (): Promise<string> => {
    const response = await client.request({
      method: 'GET',
      url: target.url,
      headers: {},
      signal: AbortSignal.timeout(5000),
      bodyBytesMax: 1000,
    });
    return Buffer.from(response.body).toString();
  };
  const passSeconds = (seconds: number): void => {
    nowMs += seconds * 1000;
  };
  return { requests, get, passSeconds };
}

const token = (name: string, expiresIn?: number) => ({
  body: JSON.stringify({ access_token: name, token_type: 'bearer', expires_in: expiresIn }),
});

describe('OAuth 2.0 client credentials', () => {
  test('the token is asked for once and used until ten seconds before its end', async () => {
    const { requests, get, passSeconds } = await setUp((_, count) => token(`t${count}`, 60));

    expect(await get()).toBe('Bearer t1');
    passSeconds(49);
    expect(await get()).toBe('Bearer t1');
    passSeconds(1);
    expect(await get()).toBe('Bearer t2');
    expect(requests.length).toBe(2);
  });

  test('one fetch serves all who wait for it', async () => {
    const { requests, get } = await setUp(() => token('t'));

    expect(await Promise.all([get(), get(), get()])).toEqual(['Bearer t', 'Bearer t', 'Bearer t']);
    expect(requests.length).toBe(1);
  });

  test('id and secret go in the header, scopes and parameters in the form', async () => {
    const { requests, get } = await setUp(() => token('t'), {
      scopes: ['read', 'write'],
      endpointParams: { audience: 'us' },
    });
    await get();

    expect(requests).toEqual([
      {
        authorization: `Basic ${Buffer.from('client:s%20e').toString('base64')}`,
        form: { grant_type: 'client_credentials', scope: 'read write', audience: 'us' },
      },
    ]);
  });

  test('a server that wants them in the form gets them there, from then on', async () => {
    const { requests, get, passSeconds } = await setUp(({ form }) =>
      form['client_secret'] === 's e' ? token('t', 60) : { status: 401, body: '{}' },
    );

    expect(await get()).toBe('Bearer t');
    passSeconds(60);
    await get();
    expect(requests.map(({ form }) => form['client_id'])).toEqual([undefined, 'client', 'client']);
  });

  test('an answer in the form of a form is understood', async () => {
    const { get } = await setUp(() => ({
      type: 'application/x-www-form-urlencoded',
      body: 'access_token=abc&token_type=Custom',
    }));

    expect(await get()).toBe('Custom abc');
  });

  test('a changed secret file asks for a new token', async () => {
    const file = join(testFolder(), 'secret');
    writeFileSync(file, 'one');
    const { requests, get } = await setUp((_, count) => token(`t${count}`), {
      clientSecret: { file },
    });

    expect(await get()).toBe('Bearer t1');
    writeFileSync(file, 'two');
    expect(await get()).toBe('Bearer t2');
    expect(requests.length).toBe(2);
  });

  test.each([
    [
      { status: 401, body: '{"error":"invalid_client"}' },
      /oauth2: cannot fetch token: 401 Unauthorized: invalid_client/,
    ],
    [{ status: 500, body: 'secret s e' }, /oauth2: cannot fetch token: 500 Internal Server Error$/],
    [{ body: '{}' }, /server response missing access_token/],
    [{ body: 'no json' }, /server response missing access_token/],
    [{ body: '[1]' }, /server response missing access_token/],
  ])('%j fails the request, without showing secrets', async (answer, message) => {
    const { get } = await setUp(() => answer);

    await expect(get()).rejects.toThrow(message);
  });
});
