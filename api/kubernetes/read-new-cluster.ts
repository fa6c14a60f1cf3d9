/** What somebody sends to have a cluster watched. */
import { kubeconfigOf, type NewCluster } from '../../kubernetes/stored-clusters.ts';
import { ApiError } from '../prometheus/api-error.ts';

const BODY_CHARS_MAX = 2 * 1024 * 1024;
const FIELDS = ['name', 'kubeconfig', 'context', 'namespaces', 'server', 'token', 'ca'] as const;

/** @throws ApiError */
export function readNewCluster(text: string): NewCluster {
  const body = parse(text);
  const unknown = Object.keys(body).filter((name) => !FIELDS.some((field) => field === name));
  if (unknown.length > 0) {
    throw bad(`unknown fields ${unknown.join(', ')}; known are ${FIELDS.join(', ')}`);
  }
  const [name, kubeconfig, context, server, token, ca] = (
    ['name', 'kubeconfig', 'context', 'server', 'token', 'ca'] as const
  ).map((field) => textOf(body, field)) as [string, string, string, string, string, string];
  const namespaces = namespacesOf(body);
  if (kubeconfig !== '') {
    if (server + token + ca !== '') throw bad('either kubeconfig, or server with token and ca');
    return { name, kubeconfig, context, namespaces };
  }
  if (server === '' || token === '') throw bad('give a kubeconfig, or server and token');
  if (name === '') throw bad('give a name');
  return { name, kubeconfig: kubeconfigOf({ server, token, ca, name }), context: '', namespaces };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  if (text.length > BODY_CHARS_MAX) throw bad('the body is too long');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's text would show what was sent.
    throw bad('the body is no JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw bad('the body is no JSON object');
  }
  return body as Record<string, unknown>;
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw bad(`${name} must be a text`);
  return value;
}

function namespacesOf(body: Readonly<Record<string, unknown>>): readonly string[] {
  const value = body['namespaces'] ?? [];
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (!isTexts) throw bad('namespaces must be a list of texts');
  return value as string[];
}

function bad(message: string): ApiError {
  return new ApiError('bad_data', message);
}
