import { isIPv6 } from 'node:net';
import type { DnsDiscovery } from '../../config/discovery-types.ts';
import { Labels } from '../../model/labels.ts';
import type { Discoverer, OnGroups, TargetGroup } from './discoverer.ts';
import type { DnsRecord, RecordResolver } from './dns-resolver.ts';
import { type RefreshContext, refreshLoop } from './refresh-loop.ts';

/** Targets from DNS records: one group per name. A name that cannot be asked keeps its targets. */
export class DnsDiscoverer implements Discoverer {
  readonly #config: DnsDiscovery;
  readonly #jobName: string;
  readonly #resolver: RecordResolver;
  readonly #context: RefreshContext;

  constructor(
    config: DnsDiscovery,
    jobName: string,
    resolver: RecordResolver,
    context: RefreshContext,
  ) {
    this.#config = config;
    this.#jobName = jobName;
    this.#resolver = resolver;
    this.#context = context;
  }

  run(signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    const options = {
      ...this.#context,
      mechanism: 'dns',
      jobName: this.#jobName,
      intervalMs: this.#config.refreshIntervalMs,
      refresh: (stop: AbortSignal) => this.#refresh(stop),
    };
    return refreshLoop(options, signal, onGroups);
  }

  async #refresh(stop: AbortSignal): Promise<readonly TargetGroup[]> {
    const groups = await Promise.all(this.#config.names.map((name) => this.#lookUp(name, stop)));
    return groups.filter((group) => group !== undefined);
  }

  async #lookUp(name: string, stop: AbortSignal): Promise<TargetGroup | undefined> {
    const { metrics, logger } = this.#context;
    metrics.dnsLookups.inc();
    try {
      const records = await this.#resolver.resolve(name, this.#config.recordType, stop);
      const targets = records.map((record) => this.#labelsOf(name, record));
      return { source: name, targets, labels: Labels.EMPTY };
    } catch (error) {
      if (stop.aborted) return undefined;
      metrics.dnsLookupFailures.inc();
      logger.error('error refreshing DNS targets', { name, error });
      return undefined;
    }
  }

  #labelsOf(name: string, record: DnsRecord): Labels {
    const { recordType, port } = this.#config;
    const host = record.target.replace(/\.+$/, '');
    const shownHost = isIPv6(host) ? `[${host}]` : host;
    const pairs = ['__address__', `${shownHost}:${record.port ?? port}`, '__meta_dns_name', name];
    // Prometheus shows names as they are on the wire: rooted.
    const rooted = `${host}.`;
    if (recordType === 'SRV') {
      pairs.push('__meta_dns_srv_record_target', rooted);
      pairs.push('__meta_dns_srv_record_port', String(record.port));
    }
    if (recordType === 'MX') pairs.push('__meta_dns_mx_record_target', rooted);
    if (recordType === 'NS') pairs.push('__meta_dns_ns_record_target', rooted);
    return Labels.fromPairs(pairs);
  }
}
