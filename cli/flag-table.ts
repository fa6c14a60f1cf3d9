/**
 * The flags of `serve`. Names are Prometheus' and Alertmanager's where the meaning is the same,
 * so that an existing command line starts us; `/api/v1/status/flags` prints this table.
 */

export interface FlagSpec {
  readonly name: string;
  readonly kind: 'text' | 'switch' | 'duration' | 'size' | 'number' | 'list';
  readonly fallback: string;
  /** Environment variable that sets it when the command line does not. */
  readonly env?: string;
  /** Another spelling. */
  readonly alias?: string;
  readonly help: string;
}

export const SERVE_FLAGS: readonly FlagSpec[] = [
  {
    name: 'config.file',
    kind: 'text',
    fallback: '',
    env: 'WATCHKEEPER_CONFIG',
    alias: 'config',
    help: 'Configuration: watchkeeper.yaml or an existing prometheus.yml. Without it the program watches itself.',
  },
  {
    name: 'alertmanager.config-file',
    kind: 'text',
    fallback: '',
    help: 'An existing alertmanager.yml, read beside the configuration.',
  },
  {
    name: 'data',
    kind: 'text',
    fallback: 'watchkeeper-data',
    env: 'WATCHKEEPER_DATA',
    alias: 'storage.tsdb.path',
    help: 'Folder for everything that is kept.',
  },
  {
    name: 'listen',
    kind: 'text',
    fallback: '127.0.0.1:9393',
    env: 'WATCHKEEPER_LISTEN',
    alias: 'web.listen-address',
    help: 'Address and port to listen on; port 0 picks a free one. Loopback only until there is a login.',
  },
  {
    name: 'web.external-url',
    kind: 'text',
    fallback: '',
    help: 'URL under which people reach the program, for links.',
  },
  {
    name: 'web.enable-admin-api',
    kind: 'switch',
    fallback: 'false',
    help: 'Allow deletion and snapshots through the API.',
  },
  {
    name: 'web.enable-lifecycle',
    kind: 'switch',
    fallback: 'true',
    help: 'Allow reload and shutdown through the API.',
  },
  {
    name: 'web.enable-remote-write-receiver',
    kind: 'switch',
    fallback: 'true',
    help: 'Take remote write requests.',
  },
  {
    name: 'web.enable-otlp-receiver',
    kind: 'switch',
    fallback: 'true',
    help: 'Take OTLP metrics over HTTP.',
  },
  {
    name: 'storage.tsdb.retention.time',
    kind: 'duration',
    fallback: '',
    alias: 'retention',
    help: 'How long samples are kept; default as in the configuration, else 90d.',
  },
  {
    name: 'memory',
    kind: 'size',
    fallback: '',
    env: 'WATCHKEEPER_MEMORY',
    help: 'Memory for the whole process, e.g. 2GB; default half of the machine or of the cgroup.',
  },
  {
    name: 'query.lookback-delta',
    kind: 'duration',
    fallback: '5m',
    help: 'How far an instant selector looks back.',
  },
  {
    name: 'query.timeout',
    kind: 'duration',
    fallback: '2m',
    help: 'Longest time a query may take.',
  },
  {
    name: 'query.max-concurrency',
    kind: 'number',
    fallback: '',
    help: 'Queries that run at the same time; default as in the configuration, else 20.',
  },
  {
    name: 'query.max-samples',
    kind: 'number',
    fallback: '',
    help: 'Samples that one query may hold in memory; default as in the configuration.',
  },
  {
    name: 'rules.alert.for-outage-tolerance',
    kind: 'duration',
    fallback: '1h',
    help: "After a longer outage an alert's 'for' begins anew.",
  },
  {
    name: 'rules.alert.for-grace-period',
    kind: 'duration',
    fallback: '10m',
    help: "Least time that an alert restored after an outage waits; a shorter 'for' is not restored.",
  },
  {
    name: 'rules.alert.resend-delay',
    kind: 'duration',
    fallback: '1m',
    help: 'Least time before an alert is told again.',
  },
  {
    name: 'rules.restore',
    kind: 'text',
    fallback: 'exact',
    help: 'How alerts come back after a restart: exact, as they were at once; prometheus, from their series.',
  },
  {
    name: 'rules.max-concurrent-evals',
    kind: 'number',
    fallback: '4',
    help: 'Rules of all groups that are evaluated at the same time, besides one of each group.',
  },
  {
    name: 'alertmanager.data.retention',
    kind: 'duration',
    fallback: '120h',
    alias: 'data.retention',
    help: 'How long ended silences and what receivers were told are kept.',
  },
  {
    name: 'alertmanager.data.maintenance-interval',
    kind: 'duration',
    fallback: '15m',
    alias: 'data.maintenance-interval',
    help: 'How often ended silences and old entries of the notification log are looked for.',
  },
  {
    name: 'alerts.gc-interval',
    kind: 'duration',
    fallback: '30m',
    help: 'How often resolved alerts are forgotten.',
  },
  {
    name: 'alerts.per-alertname-limit',
    kind: 'number',
    fallback: '0',
    help: 'Alerts of one name that are kept; 0 is no limit.',
  },
  {
    name: 'silences.max-silences',
    kind: 'number',
    fallback: '0',
    help: 'Silences that are kept, ended ones among them; 0 is no limit.',
  },
  {
    name: 'dispatch.max-groups',
    kind: 'number',
    fallback: '0',
    help: 'Groups of alerts at one time; 0 is no limit.',
  },
  {
    name: 'dispatch.start-delay',
    kind: 'duration',
    fallback: '0s',
    help: 'Nobody is told anything for so long after the start, while alerts come in.',
  },
  {
    name: 'clusters.exec-plugins',
    kind: 'list',
    fallback: '',
    help: 'Comma-separated names of programs, found by PATH, that kubeconfigs added through the API may run for credentials.',
  },
  {
    name: 'enable-feature',
    kind: 'list',
    fallback: '',
    help: 'Comma-separated: promql-experimental-functions, promql-extended-range-selectors, promql-binop-fill-modifiers, promql-delayed-name-removal, promql-per-step-stats, extra-scrape-metrics, type-and-unit-labels.',
  },
  { name: 'log.level', kind: 'text', fallback: 'info', help: 'debug, info, warn or error.' },
  { name: 'log.format', kind: 'text', fallback: 'logfmt', help: 'logfmt or json.' },
];

/** Flags that Prometheus has and we take without effect, so that its command lines start us. */
export const IGNORED_FLAGS: ReadonlySet<string> = new Set([
  'web.console.libraries',
  'web.console.templates',
  'web.page-title',
  'web.cors.origin',
  'web.route-prefix',
  'web.max-connections',
  'web.read-timeout',
  'storage.tsdb.wal-compression',
  'storage.tsdb.min-block-duration',
  'storage.tsdb.max-block-duration',
  'storage.tsdb.no-lockfile',
  'storage.tsdb.retention.size',
  'storage.remote.flush-deadline',
  'alertmanager.notification-queue-capacity',
  'storage.path',
  'data.snapshot-interval',
  'dispatch.maintenance-interval',
  'web.get-concurrency',
  'web.timeout',
  'cluster.listen-address',
  'cluster.advertise-address',
  'cluster.peer-timeout',
  'cluster.settle-timeout',
]);
