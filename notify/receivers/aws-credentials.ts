/** Who we are to AWS: as configured, by environment, or by the file of its tools; then as a role. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Sigv4Config } from '../../config/alertmanager/receivers/sns.ts';
import type { Environment } from '../../model/proxy-selection.ts';
import type { AwsCredentials } from './aws-sigv4.ts';
import { MessageError, messageSecret } from './message-error.ts';

export interface AwsIdentity {
  readonly credentials: AwsCredentials;
  readonly region: string;
}

/** @throws MessageError when there is no region, or nobody to be */
export async function awsIdentity(config: Sigv4Config, env: Environment): Promise<AwsIdentity> {
  const profile = config.profile || env['AWS_PROFILE'] || 'default';
  const read = (name: string): string => env[name] ?? '';
  const settings = await profileSettings(
    read('AWS_CONFIG_FILE') || join(homedir(), '.aws', 'config'),
    profile === 'default' ? profile : `profile ${profile}`,
  );
  const region =
    config.region || read('AWS_REGION') || read('AWS_DEFAULT_REGION') || settings.get('region');
  if (region === undefined || region === '') {
    throw new MessageError(
      'region not configured in sns.sigv4.region or in default credentials chain',
    );
  }
  const own = {
    accessKey: config.accessKey,
    secretKey: await messageSecret(config.secretKey, ''),
    sessionToken: '',
  };
  if (own.accessKey !== '') return { region, credentials: own };
  const ofEnvironment = {
    accessKey: read('AWS_ACCESS_KEY_ID'),
    secretKey: read('AWS_SECRET_ACCESS_KEY'),
    sessionToken: read('AWS_SESSION_TOKEN'),
  };
  // A profile that was asked for comes before the environment.
  if (config.profile === '' && ofEnvironment.accessKey !== '') {
    return { region, credentials: ofEnvironment };
  }
  const file = read('AWS_SHARED_CREDENTIALS_FILE') || join(homedir(), '.aws', 'credentials');
  const kept = await profileSettings(file, profile);
  const credentials = {
    accessKey: kept.get('aws_access_key_id') ?? settings.get('aws_access_key_id') ?? '',
    secretKey: kept.get('aws_secret_access_key') ?? settings.get('aws_secret_access_key') ?? '',
    sessionToken: kept.get('aws_session_token') ?? '',
  };
  if (credentials.accessKey !== '') return { region, credentials };
  throw new MessageError(`no credentials of AWS in the configuration, the environment or ${file}`);
}

/** The settings of one section; none when there is no such file. */
async function profileSettings(
  file: string,
  section: string,
): Promise<ReadonlyMap<string, string>> {
  const settings = new Map<string, string>();
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return settings;
  }
  let isWithin = false;
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[\s*(.*?)\s*\]/.exec(line);
    if (head !== null) isWithin = head[1]?.replace(/\s+/g, ' ') === section;
    const [, name, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isWithin && name !== undefined && value !== undefined) settings.set(name, value);
  }
  return settings;
}
