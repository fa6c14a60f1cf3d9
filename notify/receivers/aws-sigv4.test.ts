import { describe, expect, test } from 'vitest';
import { signedHeaders } from './aws-sigv4.ts';

const REQUEST = {
  url: 'https://sns.eu-west-1.amazonaws.com/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'Action=Publish&Message=a%20b',
  service: 'sns',
  region: 'eu-west-1',
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
};

// The signatures are those of AWS' own library for Python, botocore 1.43.11.
describe('signedHeaders', () => {
  test.each([
    ['', 'cfdf51bfe025fe43023d99d48d66ecebc0642162f9b7202bad0b8a48ff1251aa', ''],
    [
      'TOKEN+/=',
      '2688ab6a67adfa7e2716e897db67e1e7d10edd23568f6d781bc774ced03711e3',
      ';x-amz-security-token',
    ],
  ])('with the session token %j', (sessionToken, signature, signed) => {
    const credentials = { accessKey: 'AKID', secretKey: 'wJalr/secret+key', sessionToken };
    const headers = signedHeaders(REQUEST, credentials);
    expect(headers).toMatchObject({
      'x-amz-date': '20260102T030405Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-west-1/sns/aws4_request, SignedHeaders=content-type;host;x-amz-date${signed}, Signature=${signature}`,
    });
  });
});
