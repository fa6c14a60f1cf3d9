/** Renders the sections that Prometheus does not have. */
import { formatDurationMs } from '../model/duration.ts';
import { formatByteSize } from './byte-size.ts';
import { redactUrl } from './go-url.ts';
import type { AuthConfig, ClickhouseConfig } from './own-types.ts';
import { renderCluster } from './render-clusters.ts';
import { type Rendered, renderDuration, renderFields } from './render-fields.ts';
import { renderSecret, renderTls } from './render-http-client.ts';
import type { StateConfig } from './state-types.ts';
import type { Config } from './types.ts';

export function renderOwnSections(config: Config): readonly (readonly [string, unknown])[] {
  const { retention, limits } = config;
  return [
    ['clusters', config.clusters?.map(renderCluster)],
    [
      'catalogue',
      renderFields([
        ['record', config.catalogue.record],
        ['mixin_rules', config.catalogue.mixinRules],
      ]),
    ],
    [
      'messages',
      renderFields([
        ['facts', config.messages.facts],
        ['pictures', config.messages.pictures],
        ['language', config.messages.language],
        ['timezone', config.messages.timezone],
      ]),
    ],
    ['state', renderState(config.state)],
    ['clickhouse', config.clickhouse && renderClickhouse(config.clickhouse)],
    ['auth', renderAuth(config.auth)],
    [
      'retention',
      renderFields([
        ['time', renderDuration(retention.timeMs)],
        [
          '?by_matcher',
          retention.byMatcher.map((rule) => {
            return renderFields([
              ['matchers', rule.matchers.map(String)],
              ['time', renderDuration(rule.timeMs)],
            ]);
          }),
        ],
      ]),
    ],
    ['roles', config.roles],
    [
      'limits',
      renderFields([
        ['series_max', limits.seriesMax],
        ['memory_bytes_max', formatByteSize(limits.memoryBytesMax)],
        ['spool_bytes_max', formatByteSize(limits.spoolBytesMax)],
        ['out_of_order_window', formatDurationMs(limits.outOfOrderWindowMs)],
        ['receive_body_bytes_max', formatByteSize(limits.receiveBodyBytesMax)],
        ['query_samples_max', limits.querySamplesMax],
        ['query_concurrency_max', limits.queryConcurrencyMax],
        ['query_timeout', formatDurationMs(limits.queryTimeoutMs)],
      ]),
    ],
    ['durability', config.durability],
  ];
}

function renderState(config: StateConfig): Rendered {
  return renderFields([
    ['enabled', config.enabled],
    ['source', config.source],
    ['interval', renderDuration(config.intervalMs)],
    ['resources', config.resources],
    ['labels_allowlist', config.labelsAllowList],
    ['annotations_allowlist', config.annotationsAllowList],
    ['metrics_opt_in', config.metricsOptIn],
  ]);
}

function renderClickhouse(config: ClickhouseConfig): Rendered {
  return renderFields([
    ['url', redactUrl(config.url)],
    ['database', config.database],
    ['username', config.username],
    ...renderSecret('password', config.password),
    ['tls_config', renderTls(config.tls)],
    ['?cluster', config.cluster],
    ['request_timeout', renderDuration(config.requestTimeoutMs)],
  ]);
}

function renderAuth(config: AuthConfig): Rendered {
  return renderFields([
    ['anonymous_role', config.anonymousRole],
    [
      '?tokens',
      config.tokens.map(({ name, token, role }) => {
        return renderFields([['name', name], ...renderSecret('token', token), ['role', role]]);
      }),
    ],
    [
      '?users',
      config.users.map(({ name, password, role }) => {
        return renderFields([
          ['name', name],
          ...renderSecret('password', password),
          ['role', role],
        ]);
      }),
    ],
  ]);
}
