/**
 * Runs a credential plugin and reads what it prints: `ExecCredential` of
 * `client.authentication.k8s.io`, v1 and v1beta1. Nothing of what it prints on standard output is
 * ever part of an error.
 */
import { spawn } from 'node:child_process';
import type { Clock } from '../../model/clock.ts';
import { ClusterUnreachable } from '../api-errors.ts';
import type { ConnectionSettings, ExecPlugin } from './connection-settings.ts';
import { type ClientCertificate, readPem } from './tls-material.ts';

/** Plugins that sign in over a network take seconds. */
const RUN_MS_MAX = 60_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** Of standard error, in our error. */
const STDERR_CHARS_SHOWN_MAX = 500;

const API_GROUP = 'client.authentication.k8s.io';
export const EXEC_API_VERSIONS: readonly string[] = [`${API_GROUP}/v1`, `${API_GROUP}/v1beta1`];

export interface ExecResult {
  readonly token: string | undefined;
  readonly certificate: ClientCertificate | undefined;
  /** Unix milliseconds; undefined: until the server refuses it. */
  readonly expiresAtMs: number | undefined;
}

/** @throws ClusterUnreachable saying what went wrong with the plugin */
export async function runExecPlugin(
  plugin: ExecPlugin,
  settings: ConnectionSettings,
  clock: Clock,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ExecResult> {
  if (plugin.interactiveMode === 'Always') {
    throw new ClusterUnreachable(
      `the credential plugin ${plugin.command} needs a terminal (interactiveMode: Always)`,
    );
  }
  const info = JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: {
      ...(plugin.provideClusterInfo ? { cluster: await clusterInfo(settings) } : {}),
      interactive: false,
    },
  });
  const output = await run(plugin, { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: info }, clock);
  return readCredential(output, plugin);
}

async function clusterInfo({ server, tls, proxyUrl }: ConnectionSettings) {
  const ca = tls.ca === undefined ? undefined : await readPem(tls.ca, 'certificate authority');
  return {
    server: server.href,
    ...(tls.serverName === '' ? {} : { 'tls-server-name': tls.serverName }),
    ...(tls.insecureSkipVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': base64(ca) }),
    ...(proxyUrl === '' ? {} : { 'proxy-url': proxyUrl }),
    config: null,
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function run(
  plugin: ExecPlugin,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<string> {
  const name = `the credential plugin ${plugin.command}`;
  return new Promise((resolve, reject) => {
    const fail = (text: string, cause?: unknown): void => {
      const hint = plugin.installHint === '' ? '' : `. ${plugin.installHint.trim()}`;
      reject(new ClusterUnreachable(`${name} ${text}${hint}`, { cause }));
    };
    // A group of its own, so that what the plugin starts ends with it.
    const child = spawn(plugin.command, plugin.args, {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const chunks: Buffer[] = [];
    let outputBytes = 0;
    let stderr = '';
    const kill = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const cancel = clock.schedule(RUN_MS_MAX, () => {
      kill();
      fail(`gave nothing within ${RUN_MS_MAX / 1000} s`);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes <= OUTPUT_BYTES_MAX) chunks.push(chunk);
      else {
        kill();
        fail(`printed more than ${OUTPUT_BYTES_MAX} bytes`);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_CHARS_SHOWN_MAX) stderr += chunk.toString();
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      cancel();
      fail(cause.code === 'ENOENT' ? 'was not found' : `did not start: ${cause.message}`, cause);
    });
    child.on('close', (code, signal) => {
      cancel();
      if (code === 0) return resolve(Buffer.concat(chunks).toString());
      const said = stderr.trim().slice(0, STDERR_CHARS_SHOWN_MAX);
      const end = code === null ? `was ended by ${signal ?? 'a signal'}` : `failed with ${code}`;
      fail(said === '' ? end : `${end}: ${said}`);
    });
  });
}

function readCredential(output: string, plugin: ExecPlugin): ExecResult {
  const name = `the credential plugin ${plugin.command}`;
  const answer = parse(output, name);
  if (answer['kind'] !== 'ExecCredential') {
    throw new ClusterUnreachable(`${name} printed no ExecCredential`);
  }
  if (answer['apiVersion'] !== plugin.apiVersion) {
    const text = `printed ${printable(answer['apiVersion'])}, but ${plugin.apiVersion} was asked`;
    throw new ClusterUnreachable(`${name} ${text}`);
  }
  const status = isRecord(answer['status']) ? answer['status'] : {};
  const token = textOf(status['token']);
  const cert = textOf(status['clientCertificateData']);
  const key = textOf(status['clientKeyData']);
  if ((cert === undefined) !== (key === undefined)) {
    throw new ClusterUnreachable(`${name} gave one of certificate and key only`);
  }
  if (token === undefined && cert === undefined) {
    throw new ClusterUnreachable(`${name} gave neither token nor certificate`);
  }
  const expiry = textOf(status['expirationTimestamp']);
  const expiresAtMs = expiry === undefined ? undefined : Date.parse(expiry);
  if (Number.isNaN(expiresAtMs)) {
    throw new ClusterUnreachable(`${name} gave a time that is none: ${printable(expiry)}`);
  }
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key };
  return { token, certificate, expiresAtMs };
}

function parse(output: string, name: string): Record<string, unknown> {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    // The parser's text would show what was printed.
    throw new ClusterUnreachable(`${name} printed no JSON`);
  }
  if (!isRecord(answer)) throw new ClusterUnreachable(`${name} printed no ExecCredential`);
  return answer;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function printable(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : 'nothing';
}
