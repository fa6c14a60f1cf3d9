/** What counts when nothing is configured: alerts and silences are kept, and nobody is told. */
import { Problems } from '../config-errors.ts';
import { readAlertmanagerFile } from '../read-config.ts';
import type { NotificationConfig } from './types.ts';

const TEXT = 'route:\n  receiver: nobody\nreceivers:\n- name: nobody\n';

export function noNotifications(): NotificationConfig {
  const problems = new Problems();
  const context = { problems, dir: '/', env: {}, agentMode: false };
  const config = readAlertmanagerFile('(none)', TEXT, context);
  problems.throwIfAny('(none)');
  if (config === undefined) throw new Error('the configuration of nobody cannot be read');
  return config;
}
