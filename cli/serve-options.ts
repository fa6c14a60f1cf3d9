/** The flags of `serve` as values. */
import { resolve } from 'node:path';
import {
  type ListenAddress,
  ListenAddressError,
  parseListenAddress,
  requireLoopback,
} from '../api/server/listen-address.ts';
import { ByteSizeError, parseByteSize } from '../config/byte-size.ts';
import { DurationError, parseDurationMs } from '../model/duration.ts';
import { type ParsedFlags, UsageError } from './flags.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './logger.ts';
import { defaultMemoryBytes } from './memory-limit.ts';

/** Less than this and the embedded engine does not start. */
const MEMORY_BYTES_MIN = 256 * 1024 * 1024;

export interface ServeOptions {
  readonly configFile: string | undefined;
  readonly alertmanagerFile: string | undefined;
  /** Absolute: the embedded engine reads a relative path its own way. */
  readonly dataDir: string;
  readonly listen: ListenAddress;
  readonly externalUrl: URL | undefined;
  readonly isAdminEnabled: boolean;
  readonly isLifecycleEnabled: boolean;
  readonly takesRemoteWrite: boolean;
  readonly takesOtlp: boolean;
  /** Undefined: as the configuration says. */
  readonly retentionMs: number | undefined;
  readonly memoryBytes: number;
  readonly lookbackMs: number;
  /** Undefined here and below: as the configuration says. */
  readonly queryTimeoutMs: number | undefined;
  readonly queryConcurrencyMax: number | undefined;
  readonly querySamplesMax: number | undefined;
  readonly rules: RuleOptions;
  readonly notifications: NotificationOptions;
  /** Programs that kubeconfigs from the API may name. */
  readonly clusterExecPlugins: readonly string[];
  readonly features: ReadonlySet<string>;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** As given, for the status page. */
  readonly flags: ReadonlyMap<string, string>;
}

export interface RuleOptions {
  readonly outageToleranceMs: number;
  readonly gracePeriodMs: number;
  readonly resendDelayMs: number;
  readonly concurrentRulesMax: number;
  readonly restore: RestoreMode;
}

/** `exact`: as the alerts were; `prometheus`: from their series, `for` and all. */
export type RestoreMode = 'exact' | 'prometheus';
const RESTORE_MODES: readonly RestoreMode[] = ['exact', 'prometheus'];

/** 0 means no limit. */
export interface NotificationOptions {
  readonly retentionMs: number;
  readonly maintenanceIntervalMs: number;
  readonly alertGcIntervalMs: number;
  readonly alertsPerNameMax: number;
  readonly groupsMax: number;
  readonly silencesMax: number;
  readonly startDelayMs: number;
}

/** @throws UsageError naming the flag */
export function serveOptions({ values }: ParsedFlags): ServeOptions {
  const text = (name: string): string => values.get(name) ?? '';
  const optional = (name: string): string | undefined => text(name) || undefined;
  const isOn = (name: string): boolean => text(name) === 'true';
  return {
    configFile: optional('config.file'),
    alertmanagerFile: optional('alertmanager.config-file'),
    dataDir: resolve(text('data')),
    listen: readListen(text('listen')),
    externalUrl: readUrl(text('web.external-url')),
    isAdminEnabled: isOn('web.enable-admin-api'),
    isLifecycleEnabled: isOn('web.enable-lifecycle'),
    takesRemoteWrite: isOn('web.enable-remote-write-receiver'),
    takesOtlp: isOn('web.enable-otlp-receiver'),
    retentionMs: readDuration('storage.tsdb.retention.time', text('storage.tsdb.retention.time')),
    memoryBytes: readMemory(text('memory')),
    lookbackMs: readDuration('query.lookback-delta', text('query.lookback-delta')) ?? 0,
    queryTimeoutMs: readDuration('query.timeout', text('query.timeout')),
    queryConcurrencyMax: readCount('query.max-concurrency', text('query.max-concurrency')),
    querySamplesMax: readCount('query.max-samples', text('query.max-samples')),
    rules: readRules(text),
    notifications: readNotifications(text),
    clusterExecPlugins: text('clusters.exec-plugins').split(',').filter(Boolean),
    features: new Set(text('enable-feature').split(',').filter(Boolean)),
    logLevel: oneOf('log.level', text('log.level'), LOG_LEVELS),
    logFormat: oneOf('log.format', text('log.format'), LOG_FORMATS),
    flags: values,
  };
}

function readRules(text: (name: string) => string): RuleOptions {
  const durationMs = (name: string): number => readDuration(name, text(name)) ?? 0;
  return {
    outageToleranceMs: durationMs('rules.alert.for-outage-tolerance'),
    gracePeriodMs: durationMs('rules.alert.for-grace-period'),
    resendDelayMs: durationMs('rules.alert.resend-delay'),
    concurrentRulesMax:
      readCount('rules.max-concurrent-evals', text('rules.max-concurrent-evals')) ?? 0,
    restore: oneOf('rules.restore', text('rules.restore'), RESTORE_MODES),
  };
}

function readNotifications(text: (name: string) => string): NotificationOptions {
  const durationMs = (name: string): number => readDuration(name, text(name)) ?? 0;
  const limit = (name: string): number =>
    text(name) === '0' ? 0 : (readCount(name, text(name)) ?? 0);
  return {
    retentionMs: durationMs('alertmanager.data.retention'),
    maintenanceIntervalMs: durationMs('alertmanager.data.maintenance-interval'),
    alertGcIntervalMs: durationMs('alerts.gc-interval'),
    alertsPerNameMax: limit('alerts.per-alertname-limit'),
    groupsMax: limit('dispatch.max-groups'),
    silencesMax: limit('silences.max-silences'),
    startDelayMs: durationMs('dispatch.start-delay'),
  };
}

function readListen(text: string): ListenAddress {
  try {
    const address = parseListenAddress(text);
    requireLoopback(address);
    return address;
  } catch (error) {
    if (error instanceof ListenAddressError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function readUrl(text: string): URL | undefined {
  if (text === '') return undefined;
  if (URL.canParse(text)) return new URL(text);
  throw new UsageError(`--web.external-url: not a URL: ${JSON.stringify(text)}`);
}

function readDuration(name: string, text: string): number | undefined {
  if (text === '') return undefined;
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (error instanceof DurationError) throw new UsageError(`--${name}: ${error.message}`);
    throw error;
  }
}

function readCount(name: string, text: string): number | undefined {
  if (text === '') return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UsageError(`--${name}: expected a whole number above 0, got ${JSON.stringify(text)}`);
}

function readMemory(text: string): number {
  if (text === '') return Math.max(MEMORY_BYTES_MIN, defaultMemoryBytes());
  try {
    const bytes = parseByteSize(text);
    if (bytes >= MEMORY_BYTES_MIN) return bytes;
  } catch (error) {
    if (!(error instanceof ByteSizeError)) throw error;
    throw new UsageError(`--memory: ${error.message}`, { cause: error });
  }
  throw new UsageError(`--memory: at least ${MEMORY_BYTES_MIN / 1024 / 1024}MB, got ${text}`);
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--${name}=${text}: expected ${known.join(', ')}`);
  return found;
}
