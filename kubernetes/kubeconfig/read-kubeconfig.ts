/**
 * Reads one kubeconfig file (client-go, `tools/clientcmd/api/v1/types.go`). Fields that we do not
 * know are left alone, as kubectl does; those we use are checked, with their places.
 */
import { isAbsolute } from 'node:path';
import { Problems } from '../../config/config-errors.ts';
import type { PemSource } from '../../config/http-client-types.ts';
import { Secret, type SecretSource } from '../../config/secret.ts';
import { NodesReadError, nullNode, YamlReader } from '../../config/yaml-reader.ts';
import { readText, YamlSection } from '../../config/yaml-section.ts';
import { decodeYaml, parseYaml, YamlSource } from '../../config/yaml-source.ts';
import type { ClusterAuth, ExecPlugin, Impersonation } from '../connection/connection-settings.ts';
import { EXEC_API_VERSIONS } from '../connection/exec-plugin.ts';
import type {
  Kubeconfig,
  KubeconfigCluster,
  KubeconfigContext,
  KubeconfigUser,
} from './kubeconfig.ts';

const INTERACTIVE_MODES = ['Never', 'IfAvailable', 'Always'] as const;
const PROXY_URL = /^(https?|socks5h?):\/\/[^/]/;
const PEM = /-----BEGIN /;

/**
 * @param file as it is shown in errors
 * @param dir where relative paths in it start
 * @throws ConfigErrors with every problem found
 */
export function readKubeconfig(file: string, bytes: Uint8Array, dir: string): Kubeconfig {
  const problems = new Problems();
  const text = decodeYaml(file, bytes, problems);
  const source = new YamlSource(file, text ?? '');
  const document = text === undefined ? undefined : parseYaml(source, problems);
  problems.throwIfAny(file);
  let config: Kubeconfig | undefined;
  try {
    if (document !== undefined) {
      const reader = new YamlReader(source, document, problems, dir, {});
      const root = new YamlSection(
        reader,
        reader.resolve(document.contents) ?? nullNode(),
        'Config',
      );
      config = readRoot(root);
    }
  } catch (error) {
    if (!(error instanceof NodesReadError)) throw error;
    problems.add(error.place, error.message, 'repeat less', { cause: error });
  }
  problems.throwIfAny(file);
  // Nothing was thrown, so there is one.
  return config as Kubeconfig;
}

function readRoot(root: YamlSection): Kubeconfig {
  const kind = root.string('kind');
  if (kind !== '' && kind !== 'Config') {
    root.problem('kind', `this is a ${kind} and no kubeconfig`, 'is it the right file?');
  }
  return {
    currentContext: root.string('current-context'),
    clusters: readNamed(root, 'clusters', 'cluster', readCluster),
    users: readNamed(root, 'users', 'user', readUser),
    contexts: readNamed(root, 'contexts', 'context', readContext),
  };
}

/** A list of `{name, <what>: {…}}`. */
function readNamed<T>(
  root: YamlSection,
  list: string,
  what: string,
  read: (section: YamlSection) => T,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const node of root.items(list, `[]${what}`, `a list of ${what}s`) ?? []) {
    const entry = new YamlSection(root.reader, node, what);
    const name = entry.string('name');
    if (name === '') entry.problem('name', `a ${what} has no name`, 'add name');
    const value = entry.section(what, what) ?? new YamlSection(root.reader, nullAt(entry), what);
    if (!found.has(name)) found.set(name, read(value));
  }
  return found;
}

function nullAt(entry: YamlSection) {
  return entry.reader.nullBeside(entry.node);
}

function readCluster(section: YamlSection): KubeconfigCluster {
  const server = section.string('server');
  const proxyUrl = section.string('proxy-url');
  if (proxyUrl !== '' && !PROXY_URL.test(proxyUrl)) {
    section.problem('proxy-url', 'not the URL of a proxy', 'write http://, https:// or socks5://');
  }
  const insecureSkipVerify = section.boolean('insecure-skip-tls-verify');
  const ca = readPem(section, 'certificate-authority');
  if (insecureSkipVerify && ca !== undefined) {
    section.problem(
      'insecure-skip-tls-verify',
      'a certificate authority is of no use without verification',
      'remove one of them',
    );
  }
  return {
    server,
    tls: {
      ca,
      cert: undefined,
      key: undefined,
      serverName: section.string('tls-server-name'),
      insecureSkipVerify,
      minVersion: undefined,
      maxVersion: undefined,
    },
    proxyUrl,
    place: section.reader.placeOf(section.node),
  };
}

function readContext(section: YamlSection): KubeconfigContext {
  return {
    cluster: section.string('cluster'),
    user: section.string('user'),
    namespace: section.string('namespace'),
    place: section.reader.placeOf(section.node),
  };
}

function readUser(section: YamlSection): KubeconfigUser {
  const cert = readPem(section, 'client-certificate');
  const key = readPem(section, 'client-key');
  if (cert !== undefined && key === undefined) {
    section.problem('client-certificate', 'a client certificate without its key', 'add client-key');
  }
  return {
    auth: readAuth(section),
    tls: {
      cert,
      key: key === undefined || 'file' in key ? key : { value: new Secret(key.text) },
    },
    impersonate: readImpersonation(section),
    authProvider: section.section('auth-provider', 'auth-provider')?.string('name') ?? '',
    place: section.reader.placeOf(section.node),
  };
}

function readAuth(section: YamlSection): ClusterAuth {
  const token = readToken(section);
  const username = section.string('username');
  const password = section.string('password');
  const exec = section.section('exec', 'exec');
  const plugin = exec === undefined ? undefined : readExec(exec);
  const found = [
    ...(token === undefined ? [] : ['token']),
    ...(username === '' ? [] : ['username']),
  ];
  if (found.length > 1) {
    section.problem('username', 'both token and username', 'remove one of them');
  }
  // As in client-go, a plugin is not asked where a token or a password is given.
  if (token !== undefined) return { kind: 'token', source: token };
  if (username !== '') {
    return {
      kind: 'basic',
      username: { value: new Secret(username) },
      password: password === '' ? undefined : { value: new Secret(password) },
    };
  }
  return plugin === undefined ? { kind: 'none' } : { kind: 'exec', plugin };
}

/** The file counts more: it can be renewed. */
function readToken(section: YamlSection): SecretSource | undefined {
  const token = section.string('token');
  const file = section.path('tokenFile');
  if (file !== '') return { file };
  return token === '' ? undefined : { value: new Secret(token) };
}

function readExec(section: YamlSection): ExecPlugin {
  const command = section.string('command');
  if (command === '') section.problem('command', 'exec has no command', 'add command');
  const apiVersion = section.string('apiVersion');
  if (!EXEC_API_VERSIONS.includes(apiVersion)) {
    const text = apiVersion === '' ? 'exec has no apiVersion' : `unknown version ${apiVersion}`;
    section.problem('apiVersion', text, `use ${EXEC_API_VERSIONS.join(' or ')}`);
  }
  return {
    apiVersion,
    // A name without a slash is looked up in PATH.
    command: command.includes('/') && !isAbsolute(command) ? section.path('command') : command,
    args: section.strings('args'),
    env: readEnv(section),
    installHint: section.string('installHint'),
    provideClusterInfo: section.boolean('provideClusterInfo'),
    interactiveMode: section.choice('interactiveMode', INTERACTIVE_MODES, 'IfAvailable', (text) => {
      return `unknown interactiveMode ${text}`;
    }),
  };
}

function readEnv(exec: YamlSection): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const node of exec.items('env', '[]env', 'a list of {name, value}') ?? []) {
    const entry = new YamlSection(exec.reader, node, 'env');
    env[entry.string('name')] = entry.string('value');
  }
  return env;
}

function readImpersonation(section: YamlSection): Impersonation | undefined {
  const user = section.string('as');
  const uid = section.string('as-uid');
  const groups = section.strings('as-groups');
  const extraSection = section.section('as-user-extra', 'map[string][]string');
  const extra = section.entries('as-user-extra', 'map[string][]string').map(([key]) => {
    return [key, extraSection?.strings(key) ?? []] as const;
  });
  if (user !== '') return { user, uid, groups, extra: Object.fromEntries(extra) };
  if (uid !== '' || groups.length > 0 || extra.length > 0) {
    const field = groups.length > 0 ? 'as-groups' : uid === '' ? 'as-user-extra' : 'as-uid';
    section.problem(field, 'nobody to act as', 'add as');
  }
  return undefined;
}

/** `X`, the path of a file, or `X-data`, its content in base64; the content counts more. */
function readPem(section: YamlSection, name: string): PemSource | undefined {
  const data = section.valueNode(`${name}-data`);
  const file = section.path(name);
  if (data === undefined) return file === '' ? undefined : { file };
  const text = readText(section.reader, data) ?? '';
  if (text === '') return file === '' ? undefined : { file };
  const pem = Buffer.from(text, 'base64').toString('latin1');
  if (!PEM.test(pem)) {
    const fix = PEM.test(text) ? `encode it with base64` : 'is it cut off?';
    section.problem(`${name}-data`, `${name}-data is no PEM in base64`, fix);
  }
  return { text: pem };
}
