/** AWS Simple Notification Service: a message to a topic, a phone or a device. */
import type { SnsConfig } from '../../config/alertmanager/receivers/sns.ts';
import type { Environment } from '../../model/proxy-selection.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import { type AwsIdentity, awsIdentity } from './aws-credentials.ts';
import { signedHeaders } from './aws-sigv4.ts';
import { goQuery } from './go-url-text.ts';
import { groupKeyHash } from './group-key-hash.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import type { HttpOutcome } from './http-send.ts';
import { MessageError, messageError } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import { headBytes } from './truncate.ts';

const MESSAGE_BYTES_MAX = 256 * 1024;
const SMS_BYTES_MAX = 1600;
const SNS_VERSION = '2010-03-31';
const STS_VERSION = '2011-06-15';
/** Credentials of a role are fetched anew so long before they end. */
const ROLE_MARGIN_MS = 5 * 60_000;
const RULES = { details: (_answer: unknown, text: string) => xmlText(text, 'Message') };

interface Role {
  readonly identity: AwsIdentity;
  readonly endsAtMs: number;
}

export function snsNotifier(
  config: SnsConfig,
  context: ReceiverContext,
  env: Environment = process.env,
): Notifier {
  let role: Role | undefined;
  return httpNotifier(config, context, async (attempt) => {
    const parameters = publishParameters(config, attempt);
    const apiUrl = templated('api_url', () => attempt.text(config.apiUrl));
    let identity = await awsIdentity(config.sigv4, env);
    if (config.sigv4.roleArn !== '') {
      if (role === undefined || role.endsAtMs - ROLE_MARGIN_MS < attempt.nowMs()) {
        const assumed = await assumeRole(config, attempt, identity);
        if ('kind' in assumed) return assumed;
        role = assumed;
      }
      identity = role.identity;
    }
    const url = withPath(apiUrl === '' ? serviceUrl('sns', identity.region) : apiUrl);
    return attempt.judge(await awsPost(attempt, identity, 'sns', url, parameters), RULES);
  });
}

function publishParameters(config: SnsConfig, attempt: ServiceAttempt): Record<string, string> {
  const part = (what: string, template: string): string =>
    templated(what, () => attempt.text(template));
  const attributes = new Map(
    Object.entries(config.attributes).map(([name, value]) => {
      return [part('attributes', name), part('attributes', value)];
    }),
  );
  const parameters: Record<string, string> = { Action: 'Publish', Version: SNS_VERSION };
  if (config.topicArn !== '') {
    const topic = part('topic_arn', config.topicArn);
    parameters['TopicArn'] = topic;
    if (topic.endsWith('.fifo')) {
      const hash = groupKeyHash(attempt.notification.groupKey);
      parameters['MessageDeduplicationId'] = hash;
      parameters['MessageGroupId'] = hash;
    }
  }
  if (config.phoneNumber !== '') {
    parameters['PhoneNumber'] = part('phone_number', config.phoneNumber);
  }
  if (config.targetArn !== '') parameters['TargetArn'] = part('target_arn', config.targetArn);
  const message = part('message', config.message);
  const bytesMax = config.phoneNumber === '' ? MESSAGE_BYTES_MAX : SMS_BYTES_MAX;
  const cut = headBytes(message, bytesMax);
  if (cut !== message) attributes.set('truncated', 'true');
  parameters['Message'] = cut;
  if (config.subject !== '') parameters['Subject'] = part('subject', config.subject);
  for (const [at, [name, value]] of [...attributes].entries()) {
    const entry = `MessageAttributes.entry.${at + 1}`;
    parameters[`${entry}.Name`] = name;
    parameters[`${entry}.Value.DataType`] = 'String';
    parameters[`${entry}.Value.StringValue`] = value;
  }
  return parameters;
}

async function assumeRole(
  { sigv4 }: SnsConfig,
  attempt: ServiceAttempt,
  identity: AwsIdentity,
): Promise<Role | NotifyResult> {
  const { region } = identity;
  const service = sigv4.useFipsStsEndpoint ? 'sts-fips' : 'sts';
  const outcome = await awsPost(attempt, identity, 'sts', withPath(serviceUrl(service, region)), {
    Action: 'AssumeRole',
    Version: STS_VERSION,
    RoleArn: sigv4.roleArn,
    RoleSessionName: 'watchkeeper',
    ...(sigv4.externalId === '' ? {} : { ExternalId: sigv4.externalId }),
  });
  const judged = attempt.judge(outcome, RULES);
  if (outcome.kind === 'failed' || judged.kind === 'failed') return judged;
  const read = (name: string): string => xmlText(outcome.text, name);
  const credentials = {
    accessKey: read('AccessKeyId'),
    secretKey: read('SecretAccessKey'),
    sessionToken: read('SessionToken'),
  };
  const endsAtMs = Date.parse(read('Expiration'));
  if (credentials.accessKey === '' || Number.isNaN(endsAtMs)) {
    throw new MessageError('AWS answered AssumeRole without credentials');
  }
  return { identity: { region, credentials }, endsAtMs };
}

function awsPost(
  attempt: ServiceAttempt,
  { credentials, region }: AwsIdentity,
  service: string,
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<HttpOutcome> {
  // Spaces as `%20`: a plus sign is one, too, but not for all that check signatures.
  const body = goQuery(parameters).replaceAll('+', '%20');
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const nowMs = attempt.nowMs();
  return attempt.send({
    method: 'POST',
    url,
    headers: signedHeaders({ url, headers, body, service, region, nowMs }, credentials),
    body: Buffer.from(body),
    secrets: [credentials.secretKey, credentials.sessionToken],
  });
}

function serviceUrl(service: string, region: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${service}.${region}.${domain}/`;
}

/** @throws MessageError */
function withPath(url: string): string {
  if (!URL.canParse(url)) throw new MessageError('the URL of SNS is not valid');
  return new URL(url).href;
}

/** The first element of that name. */
function xmlText(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => {
    return entities[entity as keyof typeof entities];
  });
}

function templated(what: string, expand: () => string): string {
  try {
    return expand();
  } catch (error) {
    const { message, cause } = messageError(`execute '${what}' template`, error);
    throw new MessageError(message, { cause, reason: 'clientError' });
  }
}
