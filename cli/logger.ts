/** Structured log lines on standard error: logfmt or JSON, one line an event. */
import type { LogFields, Logger } from '../model/logger.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['logfmt', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** A field longer than this is cut: a log line is read by people. */
const FIELD_CHARS_MAX = 4096;

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

export function createLogger(options: LoggerOptions, fields: LogFields = {}): Logger {
  const threshold = LOG_LEVELS.indexOf(options.level);
  const log = (level: LogLevel, message: string, more?: LogFields): void => {
    if (LOG_LEVELS.indexOf(level) < threshold) return;
    const line = {
      time: new Date(options.now()).toISOString(),
      level: level.toUpperCase(),
      msg: message,
      ...fields,
      ...more,
    };
    options.write(options.format === 'json' ? jsonLine(line) : logfmtLine(line));
  };
  return {
    debug: (message, more) => log('debug', message, more),
    info: (message, more) => log('info', message, more),
    warn: (message, more) => log('warn', message, more),
    error: (message, more) => log('error', message, more),
    with: (more) => createLogger(options, { ...fields, ...more }),
  };
}

function jsonLine(line: LogFields): string {
  const entries = Object.entries(line).map(([key, value]) => [key, plain(value)]);
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}

function logfmtLine(line: LogFields): string {
  const parts = Object.entries(line).map(([key, value]) => `${key}=${logfmtValue(plain(value))}`);
  return `${parts.join(' ')}\n`;
}

function logfmtValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s="\\\p{C}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** Errors become their message and causes; everything is bounded. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return cut(errorText(value));
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return null;
  if (typeof value === 'object' && value !== null) {
    const text = JSON.stringify(value);
    return text.length > FIELD_CHARS_MAX ? cut(text) : (JSON.parse(text) as unknown);
  }
  return value;
}

function errorText(error: Error): string {
  const cause = error.cause instanceof Error ? `: ${errorText(error.cause)}` : '';
  const text = error.message === '' ? error.name : error.message;
  return `${text}${cause}`;
}

function cut(text: string): string {
  return text.length <= FIELD_CHARS_MAX ? text : `${text.slice(0, FIELD_CHARS_MAX)}…`;
}
