import type {
  AlertDecision,
  AlertDecisionSink,
  DecisionKind,
} from '../../model/alert-decisions.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { arrayBytes, bytesOf, int64Bytes, stringBytes } from '../native/write-native.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';
import { block, labelMaps } from '../spool/table-blocks.ts';

/** More decisions within a second than any engine that is well makes. */
const PENDING_MAX = 200_000;
/** A reason is for people to read; answers of services may be long. */
const REASON_LENGTH_MAX = 2000;
/** Of silences that cover one alert, and the like. */
const CAUSES_MAX = 100;

export interface DecisionCounts {
  readonly kept: (kind: DecisionKind) => void;
  readonly dropped: (count: number) => void;
}

/** Decisions since the last flush, as a block of their table. */
export class DecisionBuffer implements AlertDecisionSink {
  readonly #counts: DecisionCounts;
  #pending: AlertDecision[] = [];

  constructor(counts: DecisionCounts) {
    this.#counts = counts;
  }

  append(decisions: readonly AlertDecision[]): void {
    const room = Math.max(0, PENDING_MAX - this.#pending.length);
    const kept = decisions.length <= room ? decisions : decisions.slice(0, room);
    for (const decision of kept) {
      this.#pending.push(decision);
      this.#counts.kept(decision.kind);
    }
    if (kept.length < decisions.length) this.#counts.dropped(decisions.length - kept.length);
  }

  takePending(): SpoolBlock[] {
    const decisions = this.#pending;
    this.#pending = [];
    return decisions.length === 0 ? [] : [decisionsBlock(decisions)];
  }
}

function decisionsBlock(decisions: readonly AlertDecision[]): SpoolBlock {
  const texts = (of: (decision: AlertDecision) => string) => [stringBytes(decisions.map(of))];
  return block('alert_decisions', decisions.length, [
    [int64Bytes(decisions.map(({ atMs }) => atMs))],
    texts(({ labels }) => labels.get('alertname')),
    texts(({ fingerprint }) => fingerprint),
    labelMaps(decisions.map(({ labels }) => labels)),
    texts(({ kind }) => kind),
    texts(({ reason }) => reason.slice(0, REASON_LENGTH_MAX).toWellFormed()),
    [bytesOf(Float64Array.from(decisions, ({ value }) => value))],
    texts(({ ruleGroup }) => ruleGroup),
    texts(({ receiver }) => receiver),
    texts(({ integration }) => integration),
    texts(({ groupKey }) => groupKey),
    causes(decisions),
    [bytesOf(Uint32Array.from(decisions, ({ attemptCount }) => attemptCount))],
  ]);
}

function causes(decisions: readonly AlertDecision[]): Uint8Array[] {
  const writer = new ByteWriter();
  let end = 0;
  const ends = decisions.map(({ by }) => {
    const kept = by.slice(0, CAUSES_MAX);
    for (const text of kept) writer.text(text);
    return (end += kept.length);
  });
  return arrayBytes(ends, writer.bytes);
}
