/** Reads an entry of `email_configs`. */
import { quote } from '../../go-text.ts';
import type { TlsConfig } from '../../http-client-types.ts';
import { readTls } from '../../read-http-client.ts';
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readSecretOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { readHostPort } from '../read-host-port.ts';
import { defaultTemplate } from './base.ts';

export interface EmailConfig {
  readonly sendResolved: boolean;
  /** Addresses, comma-separated. */
  readonly to: string;
  readonly from: string;
  readonly hello: string;
  /** `host:port` */
  readonly smarthost: string;
  readonly authUsername: string;
  readonly authPassword: SecretSource | undefined;
  readonly authSecret: SecretSource | undefined;
  readonly authIdentity: string;
  /** By canonical name (`Reply-To`); values are templates. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
  readonly text: string;
  readonly requireTls: boolean;
  readonly tls: TlsConfig;
  /** Undefined: on port 465 only. */
  readonly forceImplicitTls: boolean | undefined;
  readonly threading: 'off' | 'none' | 'daily';
}

export function readEmail(section: YamlSection, global: NotificationGlobal): EmailConfig {
  const { smtp } = global;
  const to = section.string('to');
  if (to === '') section.problem('to', 'missing to address in email config');
  const headers = readHeaders(section);
  const threading = readThreading(section, headers);
  const smarthost = readHostPort(section, 'smarthost') || smtp.smarthost;
  const from = section.string('from') || smtp.from;
  const tls = section.section('tls_config', 'config.plain');
  const config: EmailConfig = {
    sendResolved: section.boolean('send_resolved'),
    to,
    from,
    hello: section.string('hello') || smtp.hello,
    smarthost,
    authUsername: section.string('auth_username') || smtp.authUsername,
    authPassword: readEither(section, 'auth_password') ?? smtp.authPassword,
    authSecret: readEither(section, 'auth_secret') ?? smtp.authSecret,
    authIdentity: section.string('auth_identity') || smtp.authIdentity,
    headers,
    html: section.string('html', defaultTemplate('email.default.html')),
    text: section.string('text'),
    requireTls: section.optionalBoolean('require_tls') ?? smtp.requireTls,
    tls: tls === undefined ? smtp.tls : readTls(tls),
    forceImplicitTls: section.optionalBoolean('force_implicit_tls') ?? smtp.forceImplicitTls,
    threading,
  };
  if (to !== '' && smarthost === '') section.problem(undefined, 'no global SMTP smarthost set');
  if (to !== '' && smarthost !== '' && from === '') {
    section.problem(undefined, 'no global SMTP from set');
  }
  return config;
}

const readEither = readSecretOrFile;

function readHeaders(section: YamlSection): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(section.stringMap('headers'))) {
    const canonical = canonicalHeader(name);
    if (headers.has(canonical)) {
      section.problem('headers', `duplicate header ${quote(canonical)} in email config`);
    }
    headers.set(canonical, value);
  }
  return Object.fromEntries(headers);
}

/** Go's `textproto.CanonicalMIMEHeaderKey`: a name with other characters stays as it is. */
function canonicalHeader(name: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function readThreading(
  parent: YamlSection,
  headers: Readonly<Record<string, string>>,
): EmailConfig['threading'] {
  const section = parent.section('threading', 'config.ThreadingConfig');
  if (section === undefined) return 'off';
  const isEnabled = section.boolean('enabled');
  const byDate = section.string('thread_by_date');
  section.finish();
  if (!isEnabled) return 'off';
  for (const name of ['References', 'In-Reply-To']) {
    if (headers[name] === undefined) continue;
    const text = `conflicting configuration: threading.enabled conflicts with custom ${name} header`;
    parent.problem('threading', text);
  }
  if (byDate === 'none' || byDate === 'daily') return byDate;
  section.problem('thread_by_date', "threading.thread_by_date must be either 'none' or 'daily'");
  return 'none';
}
