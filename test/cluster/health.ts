/** Asks a program of the cluster how it is. */
import { Agent, request } from 'undici';

const TIMEOUT_MS = 3000;

/** @param ca trusted for `https`; without it the certificate is not checked */
export async function answersOk(
  url: string,
  tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } = {},
): Promise<boolean> {
  const agent = new Agent({ connect: { ...tls, timeout: TIMEOUT_MS }, headersTimeout: TIMEOUT_MS });
  try {
    const response = await request(url, { dispatcher: agent });
    await response.body.dump();
    return response.statusCode === 200;
  } finally {
    await agent.destroy();
  }
}
