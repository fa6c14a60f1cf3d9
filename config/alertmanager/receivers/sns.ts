/** Reads an entry of `sns_configs`. */
import type { SecretSource } from '../../secret.ts';
import { Secret } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

/** How requests to Amazon are signed; what is '' comes from the environment. */
export interface Sigv4Config {
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: SecretSource | undefined;
  readonly profile: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly useFipsStsEndpoint: boolean;
}

export interface SnsConfig extends HttpReceiverConfig {
  readonly apiUrl: string;
  readonly sigv4: Sigv4Config;
  /** Exactly one of the three is not ''. */
  readonly topicArn: string;
  readonly phoneNumber: string;
  readonly targetArn: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function readSns(section: YamlSection, global: NotificationGlobal): SnsConfig {
  const topicArn = section.string('topic_arn');
  const phoneNumber = section.string('phone_number');
  const targetArn = section.string('target_arn');
  if ([topicArn, phoneNumber, targetArn].filter((text) => text !== '').length !== 1) {
    const text = 'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config';
    section.problem(undefined, text);
  }
  section.know(['use_aws_http_client']);
  return {
    ...readHttpBase(section, global),
    apiUrl: section.string('api_url'),
    sigv4: readSigv4(section),
    topicArn,
    phoneNumber,
    targetArn,
    subject: section.string('subject', defaultTemplate('sns.default.subject')),
    message: section.string('message', defaultTemplate('sns.default.message')),
    attributes: section.stringMap('attributes'),
  };
}

const NO_SIGV4: Sigv4Config = {
  region: '',
  accessKey: '',
  secretKey: undefined,
  profile: '',
  roleArn: '',
  externalId: '',
  useFipsStsEndpoint: false,
};

function readSigv4(parent: YamlSection): Sigv4Config {
  const section = parent.section('sigv4', 'sigv4.plain');
  if (section === undefined) return NO_SIGV4;
  const secret = section.string('secret_key');
  const config: Sigv4Config = {
    region: section.string('region'),
    accessKey: section.string('access_key'),
    secretKey: secret === '' ? undefined : { value: new Secret(secret) },
    profile: section.string('profile'),
    roleArn: section.string('role_arn'),
    externalId: section.string('external_id'),
    useFipsStsEndpoint: section.boolean('use_fips_sts_endpoint'),
  };
  if ((config.accessKey === '') !== (config.secretKey === undefined)) {
    const text =
      'must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config';
    section.problem(undefined, text);
  }
  section.finish();
  return config;
}
