/** A configuration as people may see it: as it was written, but for the secrets. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
} from 'yaml';
import { SECRET_TEXT } from '../secret.ts';

/** Whatever the section: names that end so hold secrets (`…_file` and `…_url` do not). */
const SECRET_NAME =
  /(?:^|_)(?:password|secret|token|credentials|api_key|service_key|user_key|secret_key|access_key)$/;

/** Names that hold secrets within these sections; within any when there are none. */
const SECRET_PLACES: ReadonlyMap<string, readonly string[]> = new Map([
  ['slack_api_url', []],
  ['webhook_url', []],
  ['mattermost_webhook_url', []],
  ['url', ['webhook_configs', 'dingtalk_configs', 'feishu_configs', 'wecom_configs']],
  ['api_url', ['slack_configs']],
  ['routing_key', ['pagerduty_configs']],
  ['key', ['tls_config', 'smtp_tls_config', 'wecom_configs']],
  ['secrets', ['http_headers']],
  ['proxy_connect_header', []],
]);

const DEPTH_MAX = 100;

/**
 * The text with every secret as `<secret>`; comments and order stay. Loading it gives the same
 * configuration, but for the secrets and what Alertmanager does not have.
 * @param text YAML that has been loaded before
 */
export function maskSecrets(text: string): string {
  return masked(text).toString({ lineWidth: 0 });
}

/** Only what Alertmanager has too, of a file that holds more: its tools read it. */
export function maskedAlertmanagerPart(text: string): string {
  const document = masked(text);
  const { contents } = document;
  if (!isMap(contents)) return '';
  const nameOf = (key: unknown): string => (isScalar(key) ? (key.source ?? '') : '');
  contents.items = contents.items.filter(({ key }) => SECTIONS.has(nameOf(key)));
  for (const { key, value } of contents.items) {
    if (nameOf(key) !== 'global' || !isMap(value)) continue;
    value.items = value.items.filter((pair) => GLOBAL_NAME.test(nameOf(pair.key)));
  }
  try {
    return document.toString({ lineWidth: 0 });
  } catch {
    // What was left out is used again in what is left: then all of it stays.
    return maskSecrets(text);
  }
}

const SECTIONS: ReadonlySet<string> = new Set([
  'global',
  'route',
  'receivers',
  'inhibit_rules',
  'time_intervals',
  'mute_time_intervals',
  'templates',
]);
/** Alertmanager's fields of `global`; the others are Prometheus'. */
const GLOBAL_NAME =
  /^(?:resolve_timeout$|http_config$|(?:smtp|slack|pagerduty|opsgenie|wechat|victorops|telegram|webex|rocketchat|mattermost|jira)_)/;

function masked(text: string): Document {
  const document = parseDocument(text, {
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const masker = new Masker((node) => (isAlias(node) ? node.resolve(document) : undefined));
  masker.visit(document.contents, []);
  return document;
}

class Masker {
  readonly #targetOf: (node: Node) => Node | undefined;
  /** Through aliases a few lines can stand for billions of values; each is masked once. */
  readonly #masked = new Set<unknown>();

  constructor(targetOf: (node: Node) => Node | undefined) {
    this.#targetOf = targetOf;
  }

  /** @param path the names of the sections around, the innermost last */
  visit(node: unknown, path: readonly string[]): void {
    if (path.length > DEPTH_MAX) return;
    if (isSeq(node)) for (const item of node.items) this.visit(item, path);
    if (!isMap(node)) return;
    // Ours: Alertmanager's tools would refuse the whole file for it.
    if (path[0] === 'route') {
      node.items = node.items.filter(({ key }) => !isScalar(key) || key.source !== 'escalate');
    }
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? (pair.key.source ?? '') : '';
      if (isSecret(name, path)) this.#mask(pair.value);
      else this.visit(pair.value, [...path, name]);
    }
  }

  /** Every text within, and what aliases stand for. */
  #mask(node: unknown): void {
    if (this.#masked.has(node)) return;
    this.#masked.add(node);
    if (isScalar(node)) {
      if ((node.source ?? '') === '') return;
      node.value = SECRET_TEXT;
      node.type = Scalar.PLAIN;
    } else if (isSeq(node)) {
      for (const item of node.items) this.#mask(item);
    } else if (isMap(node)) {
      for (const pair of node.items) this.#mask(pair.value);
    } else if (isAlias(node)) {
      this.#mask(this.#targetOf(node));
    }
  }
}

function isSecret(name: string, path: readonly string[]): boolean {
  if (SECRET_NAME.test(name)) return true;
  const places = SECRET_PLACES.get(name);
  if (places === undefined) return false;
  return places.length === 0 || path.some((section) => places.includes(section));
}
