/** Reads `receivers`: named lists of integrations. */
import type { Node } from 'yaml';
import type { Place } from '../../model/place-error.ts';
import { quote } from '../go-text.ts';
import { isNullNode, type YamlReader } from '../yaml-reader.ts';
import { YamlSection } from '../yaml-section.ts';
import type { NotificationGlobal } from './read-global.ts';
import { type DiscordConfig, readDiscord } from './receivers/discord.ts';
import { type EmailConfig, readEmail } from './receivers/email.ts';
import { type IncidentioConfig, readIncidentio } from './receivers/incidentio.ts';
import { type JiraConfig, readJira } from './receivers/jira.ts';
import { type MattermostConfig, readMattermost } from './receivers/mattermost.ts';
import {
  type MsteamsConfig,
  type MsteamsV2Config,
  readMsteams,
  readMsteamsV2,
} from './receivers/msteams.ts';
import { type OpsgenieConfig, readOpsgenie } from './receivers/opsgenie.ts';
import { type PagerdutyConfig, readPagerduty } from './receivers/pagerduty.ts';
import { type PushoverConfig, readPushover } from './receivers/pushover.ts';
import { type RobotConfig, readDingtalk, readFeishu, readWecom } from './receivers/robot.ts';
import { type RocketchatConfig, readRocketchat } from './receivers/rocketchat.ts';
import { readSlack, type SlackConfig } from './receivers/slack.ts';
import { readSns, type SnsConfig } from './receivers/sns.ts';
import { readTelegram, type TelegramConfig } from './receivers/telegram.ts';
import { readVictorops, type VictoropsConfig } from './receivers/victorops.ts';
import { readWebex, type WebexConfig } from './receivers/webex.ts';
import { readWebhook, type WebhookConfig } from './receivers/webhook.ts';
import { readWechat, type WechatConfig } from './receivers/wechat.ts';

/** Kind, as it stands before `_configs` and in metrics, → what is configured. */
export interface IntegrationConfigs {
  webhook: WebhookConfig;
  email: EmailConfig;
  pagerduty: PagerdutyConfig;
  opsgenie: OpsgenieConfig;
  wechat: WechatConfig;
  slack: SlackConfig;
  victorops: VictoropsConfig;
  pushover: PushoverConfig;
  sns: SnsConfig;
  telegram: TelegramConfig;
  discord: DiscordConfig;
  webex: WebexConfig;
  msteams: MsteamsConfig;
  msteamsv2: MsteamsV2Config;
  jira: JiraConfig;
  incidentio: IncidentioConfig;
  rocketchat: RocketchatConfig;
  mattermost: MattermostConfig;
  /** The last three are ours. */
  dingtalk: RobotConfig;
  feishu: RobotConfig;
  wecom: RobotConfig;
}

export type IntegrationKind = keyof IntegrationConfigs;

/** One entry of a `…_configs`. */
export type IntegrationConfig = {
  [K in IntegrationKind]: {
    readonly kind: K;
    /** Among those of its kind in the receiver, from 0. */
    readonly index: number;
    readonly place: Place;
    readonly config: IntegrationConfigs[K];
  };
}[IntegrationKind];

export interface ReceiverConfig {
  readonly name: string;
  /** Without the label `name`, which every receiver has. */
  readonly labels: Readonly<Record<string, string>>;
  /** In Alertmanager's order of kinds. */
  readonly integrations: readonly IntegrationConfig[];
}

interface KindReader<K extends IntegrationKind> {
  readonly kind: K;
  /** In errors. */
  readonly goType: string;
  /** An entry of nothing is a problem; otherwise one that takes all from the global section. */
  readonly mayBeNull: boolean;
  readonly read: (section: YamlSection, global: NotificationGlobal) => IntegrationConfigs[K];
}

function kind<K extends IntegrationKind>(
  name: K,
  goPackage: string,
  read: KindReader<K>['read'],
  mayBeNull = false,
): (section: YamlSection, global: NotificationGlobal) => readonly IntegrationConfig[] {
  const reader: KindReader<K> = { kind: name, goType: `${goPackage}.plain`, mayBeNull, read };
  return (section, global) => readKind(section, global, reader);
}

/** In Alertmanager's order, which is that of the integrations' numbers. */
const KINDS = [
  kind('webhook', 'webhook', readWebhook),
  kind('email', 'config', readEmail),
  kind('pagerduty', 'pagerduty', readPagerduty),
  kind('opsgenie', 'opsgenie', readOpsgenie, true),
  kind('wechat', 'config', readWechat, true),
  kind('slack', 'config', readSlack, true),
  kind('victorops', 'config', readVictorops),
  kind('pushover', 'pushover', readPushover),
  kind('sns', 'sns', readSns),
  kind('telegram', 'telegram', readTelegram),
  kind('discord', 'discord', readDiscord),
  kind('webex', 'config', readWebex),
  kind('msteams', 'msteams', readMsteams),
  kind('msteamsv2', 'msteamsv2', readMsteamsV2),
  kind('jira', 'jira', readJira),
  kind('incidentio', 'incidentio', readIncidentio),
  kind('rocketchat', 'rocketchat', readRocketchat, true),
  kind('mattermost', 'mattermost', readMattermost),
  kind('dingtalk', 'dingtalk', readDingtalk),
  kind('feishu', 'feishu', readFeishu),
  kind('wecom', 'wecom', readWecom),
];

export function readReceivers(
  reader: YamlReader,
  nodes: readonly Node[],
  global: NotificationGlobal,
): readonly ReceiverConfig[] {
  const receivers = nodes.map((node) => readReceiver(reader, node, global));
  const seen = new Set<string>();
  for (const [at, { name }] of receivers.entries()) {
    const node = nodes[at];
    if (seen.has(name) && name !== '' && node !== undefined) {
      reader.addProblem(node, `notification config name ${quote(name)} is not unique`);
    }
    seen.add(name);
  }
  return receivers;
}

function readReceiver(reader: YamlReader, node: Node, global: NotificationGlobal): ReceiverConfig {
  const section = new YamlSection(reader, node, 'config.plain');
  const name = section.string('name');
  if (name === '') section.problem('name', 'missing name in receiver');
  const { name: nameLabel, ...labels } = section.stringMap('labels');
  if (nameLabel !== undefined && nameLabel !== name) {
    const text = `receiver label "name" must match receiver name ${quote(name)}, got ${quote(nameLabel)}`;
    section.problem('labels', text);
  }
  const integrations = KINDS.flatMap((read) => read(section, global));
  section.finish();
  return { name, labels, integrations };
}

function readKind<K extends IntegrationKind>(
  parent: YamlSection,
  global: NotificationGlobal,
  reader: KindReader<K>,
): readonly IntegrationConfig[] {
  const nodes = parent.items(`${reader.kind}_configs`, `[]*${reader.goType}`, 'a list') ?? [];
  return nodes.flatMap((node, index) => {
    if (isNullNode(node) && !reader.mayBeNull) {
      parent.reader.addProblem(node, `missing ${reader.kind} config`, 'fill it in or remove it');
      return [];
    }
    const config = readIntegration(parent.reader, node, global, reader);
    const place = parent.reader.placeOf(node);
    // The kind and its configuration come from one reader, which the compiler does not see.
    return [{ kind: reader.kind, index, place, config } as IntegrationConfig];
  });
}

function readIntegration<K extends IntegrationKind>(
  reader: YamlReader,
  node: Node,
  global: NotificationGlobal,
  { goType, read }: KindReader<K>,
): IntegrationConfigs[K] {
  const section = new YamlSection(reader, node, goType);
  const config = read(section, global);
  section.finish();
  return config;
}
