/** AlertmanagerConfigs as a piece of Alertmanager's configuration, kept to their namespace. */
import { type Document, field, list, renamed, text, texts } from './document.ts';
import { httpDocument, tls } from './http-document.ts';
import type { KeyValues } from './key-references.ts';
import { type MonitorObject, objectNamespace } from './scrape-document.ts';

/** Lists of `{key, value}` that Alertmanager has as names with values. */
const PAIRED = new Set(['details', 'customFields', 'headers']);

/** Fields whose names are not simply written in another case. */
const RENAMED: Readonly<Record<string, string>> = {
  urlSecret: 'url',
  pagerDutyImageConfigs: 'images',
  pagerDutyLinkConfigs: 'links',
};

/**
 * A whole configuration with the object's route as the only child of the root. Names have
 * `<cluster>/<namespace>/<object>/` before them; the route and the inhibitions take alerts of the
 * object's cluster and namespace only, and the route lets them go on to others.
 * @throws MalformedObjectError
 */
export function alertmanagerDocument(
  object: MonitorObject,
  values: KeyValues,
  cluster: string,
): Document {
  const { spec } = object;
  const namespace = objectNamespace(object);
  const prefix = `${cluster}/${namespace}/${object.metadata.name}/`;
  const own = [`cluster=${JSON.stringify(cluster)}`, `namespace=${JSON.stringify(namespace)}`];
  const receivers = list(spec, 'receivers').map((one) => receiverDocument(one, prefix, values));
  const route = field(spec, 'route');
  const child = route === undefined ? undefined : routeDocument(route, prefix);
  const first = { receiver: (child?.['receiver'] as string | undefined) ?? receivers[0]?.['name'] };
  return {
    route: {
      ...first,
      routes:
        child === undefined
          ? []
          : [{ ...child, continue: true, matchers: [...own, ...matchers(route, 'matchers')] }],
    },
    receivers,
    inhibit_rules: list(spec, 'inhibitRules').map((rule) => ({
      source_matchers: [...own, ...matchers(rule, 'sourceMatch')],
      target_matchers: [...own, ...matchers(rule, 'targetMatch')],
      equal: texts(rule, 'equal'),
    })),
    time_intervals: [...list(spec, 'timeIntervals'), ...list(spec, 'muteTimeIntervals')].map(
      (interval) => ({
        name: prefix + (text(interval, 'name') ?? ''),
        time_intervals: list(interval, 'timeIntervals').map(periodDocument),
      }),
    ),
  };
}

function routeDocument(route: unknown, prefix: string): Record<string, unknown> {
  const receiver = text(route, 'receiver') ?? '';
  const prefixed = (name: string): readonly string[] =>
    texts(route, name).map((one) => prefix + one);
  const groupBy = texts(route, 'groupBy');
  return {
    receiver: receiver === '' ? undefined : prefix + receiver,
    group_by: groupBy.length > 0 ? groupBy : undefined,
    ...renamed(route, {
      groupWait: 'group_wait',
      groupInterval: 'group_interval',
      repeatInterval: 'repeat_interval',
      continue: 'continue',
    }),
    matchers: matchers(route, 'matchers'),
    mute_time_intervals: prefixed('muteTimeIntervals'),
    active_time_intervals: prefixed('activeTimeIntervals'),
    routes: list(route, 'routes').map((one) => routeDocument(one, prefix)),
  };
}

function matchers(from: unknown, name: string): readonly string[] {
  return list(from, name).map((matcher) => {
    const isRegex = field(matcher, 'regex') === true;
    const type = text(matcher, 'matchType') || (isRegex ? '=~' : '=');
    return `${text(matcher, 'name') ?? ''}${type}${JSON.stringify(text(matcher, 'value') ?? '')}`;
  });
}

function periodDocument(period: unknown): Document {
  const filled = (name: string): readonly string[] | undefined => {
    const all = texts(period, name);
    return all.length > 0 ? all : undefined;
  };
  const times = list(period, 'times').map((one) =>
    renamed(one, { startTime: 'start_time', endTime: 'end_time' }),
  );
  const days = list(period, 'daysOfMonth').map((one) => {
    const start = text(one, 'start') ?? '1';
    return `${start}:${text(one, 'end') ?? start}`;
  });
  return {
    times: times.length > 0 ? times : undefined,
    weekdays: filled('weekdays')?.map((day) => day.toLowerCase()),
    days_of_month: days.length > 0 ? days : undefined,
    months: filled('months')?.map((month) => month.toLowerCase()),
    years: filled('years'),
  };
}

function receiverDocument(receiver: unknown, prefix: string, values: KeyValues): Document {
  const { name: _name, ...kinds } = receiver as Record<string, unknown>;
  return {
    ...(converted(kinds, values) as Document),
    name: prefix + (text(receiver, 'name') ?? ''),
  };
}

/** The fields under Alertmanager's names, Secrets as their values. */
function converted(from: unknown, values: KeyValues): unknown {
  if (Array.isArray(from)) return from.map((item: unknown) => converted(item, values));
  if (typeof from !== 'object' || from === null) return from;
  if (isSecretSelector(from)) return values.secret(from);
  return Object.fromEntries(
    Object.entries(from).map(([name, value]) => {
      const named = RENAMED[name] ?? snakeCase(name);
      if (name === 'discordConfigs') return [named, list(from, name).map(discordOf(values))];
      if (name === 'httpConfig') return [named, httpOf(value, values)];
      if (name === 'tlsConfig') return [named, tls(value, values)];
      if (name === 'pagerDutyLinkConfigs') return [named, linksOf(from)];
      if (PAIRED.has(name)) return [named, pairsOf(from, name)];
      return [named, converted(value, values)];
    }),
  );
}

function httpOf(from: unknown, values: KeyValues): Document {
  const proxyUrl = text(from, 'proxyURL');
  return {
    ...httpDocument(from, values),
    ...(proxyUrl === undefined ? {} : { proxy_url: proxyUrl }),
  };
}

/** What Alertmanager calls a webhook is an API there. */
function discordOf(values: KeyValues): (config: unknown) => Document {
  return (config) => {
    const { api_url: url, ...rest } = converted(config, values) as Record<string, unknown>;
    return { ...rest, webhook_url: url };
  };
}

/** The text of a link is called `alt` there. */
function linksOf(from: unknown): readonly Document[] {
  return list(from, 'pagerDutyLinkConfigs').map((link) =>
    renamed(link, { href: 'href', alt: 'text' }),
  );
}

function pairsOf(from: unknown, name: string): Document {
  return Object.fromEntries(
    list(from, name).map((pair) => [text(pair, 'key') ?? '', text(pair, 'value') ?? '']),
  );
}

function isSecretSelector(from: object): boolean {
  const names = Object.keys(from);
  return 'name' in from && 'key' in from && names.every((one) => /^(name|key|optional)$/.test(one));
}

/** `apiURL` as `api_url`. */
function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
