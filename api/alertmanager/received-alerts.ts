/** Counts alerts that others send. */
import { Counter, type Registry } from 'prom-client';

const VERSION = 'v2';

export interface ReceivedAlerts {
  readonly count: (firing: number, resolved: number, invalid: number) => void;
}

/** @param registry must not hold the counters yet */
export function receivedAlerts(registry: Registry): ReceivedAlerts {
  const registers = [registry];
  const received = new Counter({
    name: 'alertmanager_alerts_received_total',
    help: 'The total number of received alerts.',
    registers,
    labelNames: ['status', 'version'] as const,
  });
  const invalidAlerts = new Counter({
    name: 'alertmanager_alerts_invalid_total',
    help: 'The total number of received alerts that were invalid.',
    registers,
    labelNames: ['version'] as const,
  });
  const count = (firing: number, resolved: number, invalid: number): void => {
    received.inc({ status: 'firing', version: VERSION }, firing);
    received.inc({ status: 'resolved', version: VERSION }, resolved);
    invalidAlerts.inc({ version: VERSION }, invalid);
  };
  count(0, 0, 0);
  return { count };
}
