/**
 * Our HTTP answers, validated against the OpenAPI description of Prometheus' API. A case is one
 * operation (method and path); all of its requests must be answered as described.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startDemoProgram } from '../../demo-program.ts';
import { type JsonSchema, SchemaChecker } from '../../json-schema.ts';
import { type ApiRequest, REQUESTS } from '../http-api/requests.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  }[];
  readonly responses: Readonly<Record<string, ResponseDescription>>;
}

interface ResponseDescription {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/**
 * The description says 204 and JSON errors where Prometheus itself answers 200 and plain text;
 * what counts there is in the suite remote-write.
 */
const BINARY: ReadonlySet<string> = new Set(['post /read', 'post /otlp/v1/metrics']);

const DIFFERENCES_SHOWN_MAX = 5;

export const suite: ConformanceSuite = {
  name: 'http-api',
  caseCount: 49,
  async run(dir, report) {
    const text = await readFile(join(dir, 'http-api', 'openapi-3.1.yaml'), 'utf8');
    const description = parse(text) as Description;
    const checker = new SchemaChecker(description);
    const program = await startDemoProgram();
    try {
      for (const [path, operations] of Object.entries(description.paths)) {
        for (const [method, operation] of Object.entries(operations)) {
          report(await judge(program.url, checker, path, method, operation));
        }
      }
    } finally {
      await program.stop();
    }
  },
};

async function judge(
  url: string,
  checker: SchemaChecker,
  path: string,
  method: string,
  operation: Operation,
): Promise<CaseResult> {
  const name = `${method} ${path}`;
  if (BINARY.has(name)) {
    return { name, ok: false, skipped: 'takes protobuf, which the description does not describe' };
  }
  const found: string[] = [];
  for (const request of REQUESTS[name] ?? [fromExamples(operation)]) {
    const problems = await ask(url, checker, path, method, operation, request);
    found.push(...problems.map((problem) => `${JSON.stringify(request)}: ${problem}`));
  }
  return {
    name,
    ok: found.length === 0,
    expected: 'answers as described',
    got: found.slice(0, DIFFERENCES_SHOWN_MAX).join('\n            '),
  };
}

function fromExamples({ parameters = [] }: Operation): ApiRequest {
  const example = ({ examples = {} }: (typeof parameters)[number]): string => {
    const value = Object.values(examples)[0]?.value;
    const one: unknown = Array.isArray(value) ? value[0] : value;
    return typeof one === 'string' ? one : JSON.stringify(one ?? '');
  };
  const required = parameters.filter((parameter) => parameter.required);
  return {
    path: Object.fromEntries(
      required.filter((one) => one.in === 'path').map((one) => [one.name, example(one)]),
    ),
    params: required
      .filter((one) => one.in === 'query')
      .map((one) => [one.name, example(one)] as const),
  };
}

async function ask(
  url: string,
  checker: SchemaChecker,
  path: string,
  method: string,
  operation: Operation,
  request: ApiRequest,
): Promise<readonly string[]> {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    return encodeURIComponent(request.path?.[name] ?? '');
  });
  const nowSeconds = Date.now() / 1000;
  const params = new URLSearchParams(
    (request.params ?? []).map(([name, value]): [string, string] => [
      name,
      value.replace('$now', String(nowSeconds)).replace('$before', String(nowSeconds - 3)),
    ]),
  );
  // Forms come in the body where the description has one, and it has none for administration.
  const inBody = method === 'post' && operation.parameters === undefined;
  const response = await fetch(`${url}/api/v1${filled}${inBody ? '' : `?${params.toString()}`}`, {
    method: method.toUpperCase(),
    ...(inBody ? bodyOf(request, params) : {}),
  });
  const body = await response.text();
  const expectedStatus = request.status ?? 200;
  if (response.status !== expectedStatus) {
    return [`status ${response.status}, not ${expectedStatus}: ${body.slice(0, 300)}`];
  }
  const { responses } = operation;
  const described = responses[String(response.status)] ?? responses['default'];
  return bodyProblems(checker, described, response.headers.get('content-type') ?? '', body);
}

function bodyOf({ body }: ApiRequest, params: URLSearchParams): RequestInit {
  if (body === undefined) return { body: params };
  return {
    body,
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
  };
}

function bodyProblems(
  checker: SchemaChecker,
  described: ResponseDescription | undefined,
  contentType: string,
  body: string,
): readonly string[] {
  if (described === undefined) return ['no such answer is described'];
  const mediaType = contentType.replace(/;.*/, '');
  if (described.content === undefined) return body === '' ? [] : ['there is to be no body'];
  const schema = described.content[mediaType]?.schema;
  if (schema === undefined) return [`no answer of type ${contentType} is described`];
  if (mediaType === 'application/x-ndjson') return lineProblems(body);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [`no JSON: ${body.slice(0, 300)}`];
  }
  return checker.problems(value, schema);
}

/** Described as text only: lines of JSON, batches of results and then how it ended. */
function lineProblems(body: string): readonly string[] {
  const lines = body.trimEnd().split('\n');
  const values = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const last = values.pop();
  const areBatches = values.length > 0 && values.every(({ results }) => Array.isArray(results));
  if (!areBatches) return [`no batches of results: ${body.slice(0, 300)}`];
  const isEnd = last?.['status'] === 'success' && typeof last['has_more'] === 'boolean';
  return isEnd ? [] : [`no closing line: ${JSON.stringify(last)}`];
}
