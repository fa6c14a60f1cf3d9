/**
 * Signatures of requests to AWS, version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of credentials for some time only; '' for others. */
  readonly sessionToken: string;
}

export interface AwsRequest {
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly service: string;
  readonly region: string;
  readonly nowMs: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The headers of a `POST`, with those that sign it. */
export function signedHeaders(
  request: AwsRequest,
  { accessKey, secretKey, sessionToken }: AwsCredentials,
): Readonly<Record<string, string>> {
  const { url, body, service, region, nowMs } = request;
  const { host, pathname } = new URL(url);
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const all: Readonly<Record<string, string>> = {
    ...request.headers,
    host,
    'x-amz-date': time,
    ...(sessionToken === '' ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(all).sort();
  const signed = names.join(';');
  const canonical = [
    'POST',
    pathname,
    '',
    ...names.map((name) => `${name}:${(all[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = ['aws4_request', service, region, day].reduceRight<Buffer | string>(
    (from, part) => hmac(from, part),
    `AWS4${secretKey}`,
  );
  const signature = hmac(key, [ALGORITHM, time, scope, sha256(canonical)].join('\n'));
  const authorization = `${ALGORITHM} Credential=${accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature.toString('hex')}`;
  return { ...all, authorization };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
