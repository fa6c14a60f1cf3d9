/** The routing tree: which receivers an alert goes to, and how it is grouped there. */
import type { EscalationStep, RepeatPlan, RouteConfig } from '../config/alertmanager/types.ts';
import {
  type AlertMatcher,
  matchersText,
  matchesAlert,
} from '../model/alert-matchers/alert-matcher.ts';
import { compareUtf8, Labels, quoteGo } from '../model/labels.ts';

/** What a node does with its alerts, everything inherited filled in. */
export interface RouteOptions {
  readonly receiver: string;
  /** Names in order, or all labels. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  /** In place of the interval; not inherited. */
  readonly repeat: RepeatPlan | undefined;
  /** Who else is told of what is not acknowledged in time. */
  readonly escalate: readonly EscalationStep[];
  /** Not inherited; neither are the active ones. */
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Values may be templates. */
  readonly labels: Labels;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const DEFAULT_OPTIONS: RouteOptions = {
  receiver: '',
  groupBy: [],
  groupWaitMs: 30 * SECOND_MS,
  groupIntervalMs: 5 * MINUTE_MS,
  repeatIntervalMs: 240 * MINUTE_MS,
  repeat: undefined,
  escalate: [],
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  labels: Labels.EMPTY,
};

export class Route {
  readonly options: RouteOptions;
  readonly matchers: readonly AlertMatcher[];
  readonly children: readonly Route[];
  /** The matchers on the way here: `{}/{severity="critical"}`. Siblings may share it. */
  readonly key: string;
  /** The key with each node's place among its siblings: unique. */
  readonly id: string;
  /** Routes after it are tried although it takes the alert. */
  readonly continues: boolean;
  /** Undefined: all labels. */
  readonly #groupBy: ReadonlySet<string> | undefined;

  constructor(config: RouteConfig, parent?: Route, position = 0) {
    const text = matchersText(config.matchers);
    this.options = inherit(config, parent?.options ?? DEFAULT_OPTIONS);
    this.matchers = config.matchers;
    this.key = parent === undefined ? text : `${parent.key}/${text}`;
    this.id = parent === undefined ? text : `${parent.id}/${text}/${position}`;
    this.continues = config.continue;
    const { groupBy } = this.options;
    this.#groupBy = groupBy === 'all' ? undefined : new Set(groupBy);
    this.children = config.routes.map((child, at) => new Route(child, this, at));
  }

  /** The nodes that take the alert, in the order of the tree; none if it does not match here. */
  match(labels: Labels): readonly Route[] {
    if (!matchesAlert(this.matchers, labels)) return [];
    const found: Route[] = [];
    for (const child of this.children) {
      const matches = child.match(labels);
      found.push(...matches);
      if (matches.length > 0 && !child.continues) break;
    }
    return found.length > 0 ? found : [this];
  }

  /** This node and all below, parents first. */
  *walk(): Generator<Route> {
    yield this;
    for (const child of this.children) yield* child.walk();
  }

  groupLabels(labels: Labels): Labels {
    return this.#groupBy === undefined ? labels : labels.only(this.#groupBy);
  }

  /** `{}/{a="b"}:{alertname="X", cluster="c"}`; people and services know groups by it. */
  groupKey(groupLabels: Labels): string {
    return `${this.key}:${groupLabelsText(groupLabels)}`;
  }
}

function inherit(config: RouteConfig, parent: RouteOptions): RouteOptions {
  const own = config.groupBy;
  return {
    receiver: config.receiver === '' ? parent.receiver : config.receiver,
    groupBy: own === undefined ? parent.groupBy : own === 'all' ? own : [...own].sort(compareUtf8),
    groupWaitMs: config.groupWaitMs ?? parent.groupWaitMs,
    groupIntervalMs: config.groupIntervalMs ?? parent.groupIntervalMs,
    repeatIntervalMs: config.repeatIntervalMs ?? parent.repeatIntervalMs,
    repeat: config.repeat,
    escalate: config.escalate ?? parent.escalate,
    muteTimeIntervals: config.muteTimeIntervals,
    activeTimeIntervals: config.activeTimeIntervals,
    labels:
      config.labels.size === 0
        ? parent.labels
        : Labels.fromPairs([...parent.labels.pairs, ...config.labels.pairs]),
  };
}

/** Prometheus' `LabelSet.String`: names are never quoted. */
function groupLabelsText(labels: Labels): string {
  const parts = [...labels.entries()].map(([name, value]) => `${name}=${quoteGo(value)}`);
  return `{${parts.join(', ')}}`;
}
