/** One thing to scrape, and how its last scrape went. */
import type { ScrapeConfig } from '../../config/types.ts';
import type { Labels } from '../../model/labels.ts';
import { type PopulatedLabels, parseBool, publicLabels } from './target-labels.ts';
import { targetUrl, UNIX_SOCKET_LABEL } from './target-url.ts';

type TargetHealth = 'unknown' | 'up' | 'down';

/** What the targets page shows of a target. */
export interface TargetStatus {
  readonly health: TargetHealth;
  /** '' when the last scrape went well. */
  readonly lastError: string;
  /** Undefined before the first scrape. */
  readonly lastScrapeMs: number | undefined;
  readonly lastScrapeDurationMs: number;
}

const NEVER_SCRAPED: TargetStatus = {
  health: 'unknown',
  lastError: '',
  lastScrapeMs: undefined,
  lastScrapeDurationMs: 0,
};

export class Target {
  /** Equal keys, the same target: same labels (`__…` ones too) and same URL. */
  readonly key: string;
  readonly url: string;
  /** Go onto every sample. */
  readonly labels: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** '' for none. */
  readonly socketPath: string;
  status: TargetStatus = NEVER_SCRAPED;
  /** Before relabelling; the newest ones when discovery reports the target again. */
  discovered: Labels;
  readonly #all: Labels;

  constructor(config: ScrapeConfig, discovered: Labels, populated: PopulatedLabels) {
    this.#all = populated.labels;
    this.url = targetUrl(populated.labels, config.params);
    this.key = `${populated.labels.key}\uffff${this.url}`;
    this.labels = publicLabels(populated.labels);
    this.intervalMs = populated.intervalMs;
    this.timeoutMs = populated.timeoutMs;
    this.socketPath = populated.labels.get(UNIX_SOCKET_LABEL);
    this.discovered = discovered;
  }

  /** A setting that relabelling may change per target; the config's when the label is gone. */
  flag(labelName: string, fallback: boolean): boolean {
    return parseBool(this.#all.get(labelName)) ?? fallback;
  }
}

/** A target that relabelling dropped. */
export interface DroppedTarget {
  readonly discovered: Labels;
  /** Place in `relabel_configs` of the rule that dropped it. */
  readonly droppedBy: number;
}
