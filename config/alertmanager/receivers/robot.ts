/** What `dingtalk_configs`, `feishu_configs` and `wecom_configs` have in common. They are ours. */
import { Secret, type SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readSecretOrFile, readSecretUrlOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface RobotConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found. */
  readonly url: SecretSource | undefined;
  /** What messages are signed with. WeCom has none. */
  readonly secret: SecretSource | undefined;
  readonly title: string;
  /** '': a list of the alerts, cut between two of them where it is too long. */
  readonly message: string;
  /** IANA name of the zone that times are shown in. */
  readonly timezone: string;
  readonly mentions: RobotMentions;
}

/** Each a template; what comes to nothing is left out. */
export interface RobotMentions {
  readonly mobiles: readonly string[];
  readonly userIds: readonly string[];
  readonly isAll: boolean;
}

const TIMEZONE = 'Asia/Shanghai';
const WECOM_URL = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=';

export function readDingtalk(section: YamlSection, global: NotificationGlobal): RobotConfig {
  const url = readSecretUrlOrFile(section, 'url');
  if (url === undefined) section.problem(undefined, 'one of url or url_file must be configured');
  return readRobot(section, global, url, readSecretOrFile(section, 'secret'));
}

export function readFeishu(section: YamlSection, global: NotificationGlobal): RobotConfig {
  return readDingtalk(section, global);
}

/** The URL, or the key in it. */
export function readWecom(section: YamlSection, global: NotificationGlobal): RobotConfig {
  const url = readSecretUrlOrFile(section, 'url');
  const key = section.string('key');
  if (url !== undefined && key !== '') {
    section.problem('key', 'at most one of url, url_file & key must be configured');
  }
  if (url === undefined && key === '') {
    section.problem(undefined, 'one of url, url_file or key must be configured');
  }
  const ofKey: SecretSource = { value: new Secret(`${WECOM_URL}${encodeURIComponent(key)}`) };
  return readRobot(section, global, url ?? ofKey, undefined);
}

function readRobot(
  section: YamlSection,
  global: NotificationGlobal,
  url: SecretSource | undefined,
  secret: SecretSource | undefined,
): RobotConfig {
  const timezone = section.string('timezone', TIMEZONE);
  if (!isZone(timezone)) {
    section.problem(
      'timezone',
      `unknown time zone ${timezone}`,
      'write it as Asia/Shanghai or UTC',
    );
  }
  return {
    ...readHttpBase(section, global),
    url,
    secret,
    title: section.string('title', defaultTemplate('__subject')),
    message: section.string('message'),
    timezone,
    mentions: {
      mobiles: section.strings('at_mobiles'),
      userIds: section.strings('at_user_ids'),
      isAll: section.boolean('at_all'),
    },
  };
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
