/** Every kind of receiver that can be sent to. */
import type { NotifierFactories } from '../build-integrations.ts';
import { dingtalkNotifier } from './dingtalk.ts';
import { discordNotifier } from './discord.ts';
import { EmailNotifier } from './email.ts';
import { feishuNotifier } from './feishu.ts';
import { incidentioNotifier } from './incidentio.ts';
import { jiraNotifier } from './jira.ts';
import { mattermostNotifier } from './mattermost.ts';
import { msteamsNotifier, msteamsV2Notifier } from './msteams.ts';
import { opsgenieNotifier } from './opsgenie.ts';
import { pagerdutyNotifier } from './pagerduty.ts';
import { pushoverNotifier } from './pushover.ts';
import type { ReceiverContext } from './receiver.ts';
import { rocketchatNotifier } from './rocketchat.ts';
import { SlackNotifier } from './slack.ts';
import { snsNotifier } from './sns.ts';
import { telegramNotifier } from './telegram.ts';
import { victoropsNotifier } from './victorops.ts';
import { webexNotifier } from './webex.ts';
import { WebhookNotifier } from './webhook.ts';
import { wechatNotifier } from './wechat.ts';
import { wecomNotifier } from './wecom.ts';

export function receiverFactories(context: ReceiverContext): NotifierFactories {
  return {
    dingtalk: (config) => dingtalkNotifier(config, context),
    discord: (config) => discordNotifier(config, context),
    email: (config) => new EmailNotifier(config, context),
    feishu: (config) => feishuNotifier(config, context),
    incidentio: (config) => incidentioNotifier(config, context),
    jira: (config) => jiraNotifier(config, context),
    mattermost: (config) => mattermostNotifier(config, context),
    msteams: (config) => msteamsNotifier(config, context),
    msteamsv2: (config) => msteamsV2Notifier(config, context),
    opsgenie: (config) => opsgenieNotifier(config, context),
    pagerduty: (config) => pagerdutyNotifier(config, context),
    pushover: (config) => pushoverNotifier(config, context),
    rocketchat: (config) => rocketchatNotifier(config, context),
    slack: (config) => new SlackNotifier(config, context),
    sns: (config) => snsNotifier(config, context),
    telegram: (config) => telegramNotifier(config, context),
    victorops: (config) => victoropsNotifier(config, context),
    webex: (config) => webexNotifier(config, context),
    webhook: (config) => new WebhookNotifier(config, context),
    wecom: (config) => wecomNotifier(config, context),
    wechat: (config) => wechatNotifier(config, context),
  };
}
