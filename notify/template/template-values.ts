/** Types of notification data: KV, Pairs, Alerts, Data, with the methods templates call. */
import { compareUtf8 } from '../../model/labels.ts';
import { textArg, textsArg } from '../../model/template/functions/define.ts';
import {
  type GoField,
  type GoMethod,
  type GoType,
  STRING,
  STRINGS,
  sliceOf,
} from '../../model/template/value/go-types.ts';
import {
  type GoValue,
  goInt,
  goSlice,
  goString,
  goStringMap,
  goStrings,
  type MapValue,
  type SliceValue,
  type StructValue,
} from '../../model/template/value/go-values.ts';
import { TIME } from '../../model/template/value/time-types.ts';

function method(
  params: readonly GoType[],
  call: (receiver: GoValue, args: Parameters<GoMethod['call']>[1]) => GoValue,
): GoMethod {
  return { params, call };
}

/** `template.Strings` */
const NAMES: GoType = {
  kind: 'slice',
  name: 'template.Strings',
  isNamed: true,
  underlying: STRINGS.name,
  element: STRING,
  methods: new Map([
    [
      'Join',
      method([STRING], (receiver, args) =>
        goString(textsArg([receiver], 0).join(textArg(args, 0))),
      ),
    ],
  ]),
};

const PAIR: GoType = {
  kind: 'struct',
  name: 'template.Pair',
  isNamed: true,
  underlying: 'template.Pair',
  fields: [
    { name: 'Name', type: STRING },
    { name: 'Value', type: STRING },
  ],
};

/** One field of each pair. */
function column(pairs: GoValue, index: 0 | 1): readonly string[] {
  if (pairs.kind !== 'slice') return [];
  return pairs.items.map((pair) => (pair?.kind === 'struct' ? textArg(pair.fields, index) : ''));
}

function pairsText(pairs: GoValue): string {
  const values = column(pairs, 1);
  return column(pairs, 0)
    .map((name, index) => `${name}=${values[index] ?? ''}`)
    .join(', ');
}

const PAIRS: GoType = {
  kind: 'slice',
  name: 'template.Pairs',
  isNamed: true,
  underlying: `[]${PAIR.name}`,
  element: PAIR,
  methods: new Map([
    ['Names', method([], (pairs) => goStrings(column(pairs, 0), NAMES))],
    ['Values', method([], (pairs) => goStrings(column(pairs, 1), NAMES))],
    ['String', method([], (pairs) => goString(pairsText(pairs)))],
  ]),
  toText: pairsText,
};

const ALERT_NAME = 'alertname';

/** By name, `alertname` first. */
function sortedPairs(kv: GoValue): SliceValue {
  const entries = kv.kind === 'map' ? [...kv.entries] : [];
  entries.sort(([a], [b]) => {
    if (a === ALERT_NAME || b === ALERT_NAME) return a === b ? 0 : a === ALERT_NAME ? -1 : 1;
    return compareUtf8(a, b);
  });
  const pairs = entries.map(
    ([name, value]): StructValue => ({
      kind: 'struct',
      type: PAIR,
      fields: [goString(name), value],
    }),
  );
  return goSlice(PAIRS, pairs);
}

const KV: GoType = {
  kind: 'map',
  name: 'template.KV',
  isNamed: true,
  underlying: 'map[string]string',
  element: STRING,
  methods: new Map([
    ['SortedPairs', method([], sortedPairs)],
    ['Names', method([], (kv) => goStrings(column(sortedPairs(kv), 0), NAMES))],
    ['Values', method([], (kv) => goStrings(column(sortedPairs(kv), 1), NAMES))],
    ['String', method([], (kv) => goString(pairsText(sortedPairs(kv))))],
    ['Remove', method([STRINGS], (kv, args) => without(kv, new Set(textsArg(args, 0))))],
  ]),
  toText: (kv) => pairsText(sortedPairs(kv)),
};

function without(kv: GoValue, names: ReadonlySet<string>): GoValue {
  if (kv.kind !== 'map') return kv;
  const entries = new Map([...kv.entries].filter(([name]) => !names.has(name)));
  return { kind: 'map', type: KV, entries, isNil: false };
}

export function goKv(entries: Iterable<readonly [string, string]>): MapValue {
  return goStringMap(entries, KV);
}

/** A KV that was never set: it prints as an empty one, and is `null` in JSON. */
export const NIL_KV: MapValue = { kind: 'map', type: KV, entries: new Map(), isNil: true };

const ALERT_FIELDS: readonly GoField[] = [
  { name: 'Status', type: STRING, json: 'status' },
  { name: 'Labels', type: KV, json: 'labels' },
  { name: 'Annotations', type: KV, json: 'annotations' },
  { name: 'StartsAt', type: TIME, json: 'startsAt' },
  { name: 'EndsAt', type: TIME, json: 'endsAt' },
  { name: 'GeneratorURL', type: STRING, json: 'generatorURL' },
  { name: 'Fingerprint', type: STRING, json: 'fingerprint' },
];

const ALERT: GoType = {
  kind: 'struct',
  name: 'template.Alert',
  isNamed: true,
  underlying: 'template.Alert',
  fields: ALERT_FIELDS,
};

/** @param fields in the order of Go's struct */
export function goAlert(fields: readonly GoValue[]): StructValue {
  return { kind: 'struct', type: ALERT, fields };
}

/** What `.Firing` returns: a plain list, without these methods. */
const ALERT_LIST: GoType = sliceOf(ALERT);

function withStatus(alerts: GoValue, status: string): GoValue {
  const items = alerts.kind === 'slice' ? alerts.items : [];
  return goSlice(
    ALERT_LIST,
    items.filter((alert) => alert?.kind === 'struct' && textArg(alert.fields, 0) === status),
  );
}

const ALERTS: GoType = {
  kind: 'slice',
  name: 'template.Alerts',
  isNamed: true,
  underlying: ALERT_LIST.name,
  element: ALERT,
  methods: new Map([
    ['Firing', method([], (alerts) => withStatus(alerts, 'firing'))],
    ['Resolved', method([], (alerts) => withStatus(alerts, 'resolved'))],
  ]),
};

export function goAlerts(alerts: readonly StructValue[]): SliceValue {
  return goSlice(ALERTS, [...alerts]);
}

const DATA_FIELDS: readonly GoField[] = [
  { name: 'Receiver', type: STRING, json: 'receiver' },
  { name: 'Status', type: STRING, json: 'status' },
  { name: 'Alerts', type: ALERTS, json: 'alerts' },
  { name: 'NotificationReason', type: STRING, json: 'notification_reason' },
  { name: 'GroupLabels', type: KV, json: 'groupLabels' },
  { name: 'CommonLabels', type: KV, json: 'commonLabels' },
  { name: 'CommonAnnotations', type: KV, json: 'commonAnnotations' },
  { name: 'RouteLabels', type: KV, json: 'routeLabels' },
  { name: 'ExternalURL', type: STRING, json: 'externalURL' },
  {
    name: 'routeLabelsRendered',
    type: { kind: 'bool', name: 'bool', isNamed: true, underlying: 'bool' },
    isHidden: true,
  },
];

/** What only webhooks carry in the original; here templates may use it too. */
export interface GroupDetails {
  readonly groupKey: string;
  readonly truncatedAlertCount: number;
}

class GroupHolder {
  readonly details: GroupDetails;
  constructor(details: GroupDetails) {
    this.details = details;
  }
}

function detailsOf(data: GoValue): GroupDetails {
  return data.kind === 'struct' && data.native instanceof GroupHolder
    ? data.native.details
    : { groupKey: '', truncatedAlertCount: 0 };
}

const DATA: GoType = {
  kind: 'struct',
  name: 'template.Data',
  isNamed: true,
  underlying: 'template.Data',
  fields: DATA_FIELDS,
  // Methods, so that the data prints as it always did.
  methods: new Map([
    ['GroupKey', method([], (data) => goString(detailsOf(data).groupKey))],
    ['TruncatedAlerts', method([], (data) => goInt(detailsOf(data).truncatedAlertCount))],
  ]),
};

/** @param fields in the order of Go's struct, the hidden one included */
export function goData(fields: readonly GoValue[], details: GroupDetails): StructValue {
  return { kind: 'struct', type: DATA, fields, native: new GroupHolder(details) };
}
