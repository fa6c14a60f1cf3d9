/** Reads the sections that Prometheus does not have. */
import { type Matcher, RegexError } from '../model/matcher.ts';
import { quote } from './go-text.ts';
import { MatcherTextError, parseMatcherText } from './matcher-text.ts';
import { openOwnField, openOwnSection, readOwnSecret, readWords } from './own-section.ts';
import type {
  AccessRole,
  AuthConfig,
  AuthToken,
  AuthUser,
  ClickhouseConfig,
  Durability,
  LimitsConfig,
  ProcessRole,
  RetentionConfig,
  RetentionRule,
} from './own-types.ts';
import { findHttpUrlProblem } from './read-discovery.ts';
import { readTls } from './read-http-client.ts';
import type { StorageConfig } from './types.ts';
import { isNullNode } from './yaml-reader.ts';
import { YamlSection } from './yaml-section.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;
const GIBIBYTE = 1024 ** 3;
const RETENTION_MS = 90 * DAY_MS;

const PROCESS_ROLES: readonly ProcessRole[] = ['collect', 'query', 'rules', 'web'];
const ACCESS_ROLES: readonly AccessRole[] = ['none', 'viewer', 'editor', 'admin'];
const DURABILITIES: readonly Durability[] = ['crash', 'fsync'];

export function readClickhouse(root: YamlSection): ClickhouseConfig | undefined {
  const section = openOwnSection(root, 'clickhouse');
  if (section === undefined) return undefined;
  const url = section.string('url');
  const problem = findHttpUrlProblem(url);
  if (problem !== undefined) {
    section.problem('url', `clickhouse: ${problem}`, 'write it as http://host:8123');
  }
  const config: ClickhouseConfig = {
    url,
    database: section.string('database', 'watchkeeper'),
    username: section.string('username', 'default'),
    password: readOwnSecret(section, 'password'),
    tls: readTls(section.section('tls_config', 'tls_config')),
    cluster: section.string('cluster'),
    requestTimeoutMs: section.durationMs('request_timeout', 30 * SECOND_MS),
  };
  section.finish();
  return config;
}

export function readAuth(root: YamlSection): AuthConfig {
  const section = openOwnSection(root, 'auth');
  if (section === undefined) return { anonymousRole: 'admin', tokens: [], users: [] };
  const tokens = readList(section, 'tokens', 'token', readToken);
  const users = readList(section, 'users', 'user', readUser);
  const closed = tokens.length > 0 || users.length > 0;
  const config: AuthConfig = {
    anonymousRole: readAccessRole(section, 'anonymous_role', closed ? 'none' : 'admin'),
    tokens: tokens.flatMap((token) => token ?? []),
    users: users.flatMap((user) => user ?? []),
  };
  section.finish();
  return config;
}

function readToken(section: YamlSection): AuthToken | undefined {
  const name = section.string('name');
  if (name === '') section.problem('name', 'a token has no name', 'add name');
  const token = readOwnSecret(section, 'token');
  const role = readAccessRole(section, 'role', 'viewer');
  if (token !== undefined) return { name, token, role };
  section.problem('token', 'a token is empty', 'add token or token_file');
  return undefined;
}

function readUser(section: YamlSection): AuthUser | undefined {
  const name = section.string('name');
  if (name === '') section.problem('name', 'a user has no name', 'add name');
  const password = readOwnSecret(section, 'password');
  const role = readAccessRole(section, 'role', 'viewer');
  if (password !== undefined) return { name, password, role };
  section.problem('password', 'a user has no password', 'add password or password_file');
  return undefined;
}

function readAccessRole(section: YamlSection, name: string, absent: AccessRole): AccessRole {
  return section.choice(name, ACCESS_ROLES, absent, (text) => `unknown role ${quote(text)}`);
}

export function readRetention(root: YamlSection, storage: StorageConfig): RetentionConfig {
  const section = openOwnSection(root, 'retention');
  const inherited = storage.retentionTimeMs || RETENTION_MS;
  if (section === undefined) return { timeMs: inherited, byMatcher: [] };
  const rules = readList(section, 'by_matcher', 'rule', readRetentionRule);
  const timeMs = readRetentionTime(section) ?? inherited;
  section.finish();
  return { timeMs, byMatcher: rules.flatMap((rule) => rule ?? []) };
}

function readRetentionRule(section: YamlSection): RetentionRule | undefined {
  const matchers = readMatchers(section);
  const timeMs = readRetentionTime(section);
  if (timeMs === undefined) section.problem('time', 'a retention rule has no time', 'add time');
  return timeMs === undefined ? undefined : { matchers, timeMs };
}

function readRetentionTime(section: YamlSection): number | undefined {
  if (section.valueNode('time') === undefined) return undefined;
  const timeMs = section.durationMs('time', RETENTION_MS);
  if (timeMs === 0) section.problem('time', 'retention of no time keeps nothing', 'write 90d');
  return timeMs;
}

function readMatchers(section: YamlSection): readonly Matcher[] {
  const items = section.textItems('matchers') ?? [];
  if (items.length === 0) {
    section.problem('matchers', 'a retention rule has no matchers', 'write - job="api"');
  }
  return items.flatMap(({ text, node }) => {
    try {
      return [parseMatcherText(text)];
    } catch (error) {
      if (!(error instanceof MatcherTextError || error instanceof RegexError)) throw error;
      section.reader.addProblem(node, error.message, 'write it as name="value"');
      return [];
    }
  });
}

/** From the environment, several are separated by commas. */
export function readRoles(root: YamlSection): readonly ProcessRole[] {
  const items = readWords(openOwnField(root, 'roles'), 'roles');
  if (items === undefined) return PROCESS_ROLES;
  const roles = new Set<ProcessRole>();
  for (const { text, node } of items) {
    const found = PROCESS_ROLES.find((role) => role === text);
    if (found !== undefined) roles.add(found);
    else {
      const fix = `use ${PROCESS_ROLES.join(', ')}`;
      root.reader.addProblem(node, `unknown role ${quote(text)}`, fix);
    }
  }
  if (items.length === 0)
    root.problem('roles', 'no roles: the process would do nothing', 'name some');
  return [...roles];
}

export function readDurability(root: YamlSection): Durability {
  return openOwnField(root, 'durability').choice('durability', DURABILITIES, 'crash', (text) => {
    return `unknown durability ${quote(text)}`;
  });
}

export function readLimitsSection(root: YamlSection, storage: StorageConfig): LimitsConfig {
  const section = openOwnSection(root, 'limits');
  const config: LimitsConfig = {
    seriesMax: section?.count('series_max', 10_000_000) ?? 10_000_000,
    memoryBytesMax: section?.plainSizeBytes('memory_bytes_max') ?? 0,
    spoolBytesMax: section?.plainSizeBytes('spool_bytes_max', 4 * GIBIBYTE) ?? 4 * GIBIBYTE,
    outOfOrderWindowMs:
      section?.durationMs('out_of_order_window', storage.outOfOrderTimeWindowMs) ??
      storage.outOfOrderTimeWindowMs,
    receiveBodyBytesMax:
      section?.plainSizeBytes('receive_body_bytes_max', GIBIBYTE / 16) ?? GIBIBYTE / 16,
    querySamplesMax: section?.count('query_samples_max', 50_000_000) ?? 50_000_000,
    queryConcurrencyMax: section?.count('query_concurrency_max', 20) ?? 20,
    queryTimeoutMs: section?.durationMs('query_timeout', 120 * SECOND_MS) ?? 120 * SECOND_MS,
  };
  section?.finish();
  return config;
}

function readList<T>(
  parent: YamlSection,
  name: string,
  what: string,
  read: (section: YamlSection) => T,
): readonly T[] {
  return (parent.items(name, `[]${what}`, `a list of ${what}s`) ?? []).flatMap((node) => {
    if (isNullNode(node)) {
      parent.reader.addProblem(node, `empty or null ${what} in ${name}`, 'remove it');
      return [];
    }
    const section = new YamlSection(parent.reader, node, what);
    const config = read(section);
    section.finish();
    return [config];
  });
}
