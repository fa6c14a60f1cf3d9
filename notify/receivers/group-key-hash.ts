/** What a service knows a group of alerts by. */
import { createHash } from 'node:crypto';

/** SHA-256 of the group's key in hexadecimal: services limit the length of such keys. */
export function groupKeyHash(groupKey: string): string {
  return createHash('sha256').update(groupKey).digest('hex');
}
