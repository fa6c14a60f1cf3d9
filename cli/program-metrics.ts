/** What the program says of itself, under Prometheus' names. */
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { VERSION } from '../model/version.ts';

export interface ProgramMetrics {
  readonly reloadOk: Gauge;
  readonly reloadTime: Gauge;
}

/** Registers them, those of the process among them. */
export function programMetrics(registry: Registry): ProgramMetrics {
  const registers = [registry];
  const reloadOk = new Gauge({
    name: 'prometheus_config_last_reload_successful',
    help: 'Whether the last configuration reload attempt was successful.',
    registers,
  });
  const reloadTime = new Gauge({
    name: 'prometheus_config_last_reload_success_timestamp_seconds',
    help: 'Timestamp of the last successful configuration reload.',
    registers,
  });
  // One configuration: what is said of it, Alertmanager's dashboards and rules read too.
  sameAs(reloadOk, 'alertmanager_config_last_reload_successful', registers);
  sameAs(reloadTime, 'alertmanager_config_last_reload_success_timestamp_seconds', registers);
  new Gauge({
    name: 'prometheus_build_info',
    help: 'What runs: constant 1, the facts in the labels.',
    labelNames: ['version', 'goversion'],
    registers,
  }).set({ version: VERSION, goversion: `node ${process.versions.node}` }, 1);
  collectDefaultMetrics({ register: registry });
  return { reloadOk, reloadTime };
}

function sameAs(gauge: Gauge, name: string, registers: Registry[]): void {
  new Gauge({
    name,
    help: 'As the metric of the same name of Prometheus.',
    registers,
    async collect() {
      this.set((await gauge.get()).values[0]?.value ?? 0);
    },
  });
}
