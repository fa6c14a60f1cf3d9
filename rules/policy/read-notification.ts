/** Reads who is told of a policy's alarms, when, and how often. */
import {
  type ActiveTime,
  type ActiveWindow,
  type EventFilter,
  type PolicyNotification,
  type PolicyRepeat,
  SEVERITIES,
} from './alarm-policy.ts';
import type { PolicyFields } from './policy-fields.ts';
import { readLabelNames } from './read-target.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 1440;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const REPEATS_MAX = 10_000;
const EVENTS_MAX = 100_000;
const TIME = /^([01]\d|2[0-4]):([0-5]\d)$/;

export function readNotification(fields: PolicyFields): PolicyNotification {
  const templates = fields.sections('templates').map((template) => {
    const id = template.text('id');
    if (id === '') template.problem('id', 'is missing', 'name a receiver');
    const levels = template.has('levels') ? template.choices('levels', SEVERITIES) : undefined;
    template.finish();
    return { id, levels };
  });
  const group = fields.section('group');
  const notification: PolicyNotification = {
    templates,
    sendResolved: fields.boolean('sendResolved', true),
    repeat: readRepeat(fields.section('repeat')),
    group: {
      by: group.has('by') ? readLabelNames(group, 'by') : ['policy_id', 'cluster', 'namespace'],
      waitMs: group.durationMs('wait', 30 * SECOND_MS),
      intervalMs: positive(group, 'interval', 5 * MINUTE_MS),
    },
  };
  group.finish();
  fields.finish();
  return notification;
}

function readRepeat(fields: PolicyFields): PolicyRepeat {
  const mode = fields.choice('mode', ['never', 'interval', 'exponential'], 'interval');
  const decay = fields.section('decay');
  const repeat: PolicyRepeat = {
    mode,
    intervalMs: positive(fields, 'interval', HOUR_MS),
    max: fields.count('max', 0, 0, REPEATS_MAX),
    decay: fields.has('decay')
      ? {
          afterMs: positive(decay, 'after', 24 * HOUR_MS),
          intervalMs: positive(decay, 'interval', 24 * HOUR_MS),
          stopAfterMs: decay.durationMs('stopAfter', 0),
        }
      : undefined,
  };
  const { decay: read } = repeat;
  if (read !== undefined && read.stopAfterMs > 0 && read.stopAfterMs < read.afterMs) {
    decay.problem('stopAfter', 'comes before after', 'write a longer duration, or 0s for never');
  }
  decay.finish();
  fields.finish();
  return repeat;
}

function positive(fields: PolicyFields, name: string, absent: number): number {
  const durationMs = fields.durationMs(name, absent);
  if (durationMs > 0) return durationMs;
  fields.problem(name, 'is zero', 'write a duration above 0s');
  return absent;
}

export function readActiveTime(fields: PolicyFields): ActiveTime {
  const timezone = fields.text('timezone', 'UTC');
  if (!isZone(timezone)) {
    fields.problem('timezone', `${JSON.stringify(timezone)} is not known`, 'as Asia/Shanghai');
  }
  const windows = fields.sections('windows').map(readWindow);
  if (windows.length === 0) {
    fields.problem('windows', 'is empty', 'write one, or leave activeTime out');
  }
  const outside = fields.choice('outside', ['mute', 'do_not_evaluate'], 'mute');
  fields.finish();
  return { timezone, windows, outside };
}

function readWindow(fields: PolicyFields): ActiveWindow {
  const weekdays = fields.has('weekdays') ? fields.numbers('weekdays') : EVERY_DAY;
  if (weekdays.some((day) => !EVERY_DAY.includes(day))) {
    fields.problem('weekdays', 'has a day that is not 1 to 7', '1 is Monday, 7 is Sunday');
  }
  const startMinute = readTime(fields, 'start', 0);
  const endMinute = readTime(fields, 'end', DAY_MINUTES);
  if (endMinute <= startMinute) {
    fields.problem('end', 'is not after start', 'write two windows for one that passes midnight');
  }
  fields.finish();
  return { weekdays, startMinute, endMinute };
}

function readTime(fields: PolicyFields, name: string, absent: number): number {
  if (!fields.has(name)) return absent;
  const text = fields.text(name);
  const [, hours, minutes] = TIME.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours !== undefined && minute <= DAY_MINUTES) return minute;
  fields.problem(name, `${JSON.stringify(text)} is no time of day`, 'write 00:00 to 24:00, quoted');
  return absent;
}

function isZone(name: string): boolean {
  try {
    void new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export function readEventFilter(fields: PolicyFields): EventFilter {
  const messageRegex = fields.text('messageRegex');
  const filter: EventFilter = {
    reasons: fields.texts('reasons'),
    types: fields.texts('types'),
    kinds: fields.texts('kinds'),
    messageRegex,
    minCount: fields.count('minCount', 1, 1, EVENTS_MAX),
    windowMs: positive(fields, 'window', 5 * MINUTE_MS),
  };
  fields.finish();
  return filter;
}
