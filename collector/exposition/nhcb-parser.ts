/** Makes the classic histograms of a text body native ones with custom buckets ("NHCB"). */
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import { ClassicHistogram } from './classic-histogram.ts';
import type { EntryKind, ExpositionParser, ParsedExemplar } from './exposition-parser.ts';
import { FloatError, parseFloatText } from './float-text.ts';

/** An entry that outlives the parser's next step. */
interface HeldEntry {
  readonly kind: EntryKind;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
  readonly timestampMs: number | undefined;
  readonly labels: Labels;
  readonly exemplars: readonly ParsedExemplar[];
  readonly startTimestampMs: number;
}

type Part = 'bucket' | 'sum' | 'count';
const PARTS: readonly Part[] = ['bucket', 'sum', 'count'];
const NOT_IDENTITY: ReadonlySet<string> = new Set([METRIC_NAME, 'le']);

/**
 * Series of a histogram count as one while they follow one another, as the formats want it. They
 * are held back until the histogram is whole; if it makes none, they are given as they are.
 */
export class NhcbParser implements ExpositionParser {
  familyName = '';
  metricType: MetricType = 'unknown';
  text = '';
  value = 0;
  histogram: FloatHistogram | undefined = undefined;
  timestampMs: number | undefined = undefined;
  readonly #parser: ExpositionParser;
  readonly #keepClassic: boolean;
  #queue: HeldEntry[] = [];
  #queueAt = 0;
  #entry: HeldEntry | undefined = undefined;
  #collected = new ClassicHistogram();
  #classic: HeldEntry[] = [];
  /** Labels that the series collected have in common. */
  #identity = '';
  #typedFamily = '';
  /** What the parser gave after the last series of a histogram. */
  #after: EntryKind | undefined = undefined;

  constructor(parser: ExpositionParser, keepClassicHistograms: boolean) {
    this.#parser = parser;
    this.#keepClassic = keepClassicHistograms;
  }

  next(): EntryKind {
    for (;;) {
      const held = this.#queue[this.#queueAt];
      if (held !== undefined) {
        this.#queueAt++;
        return this.#give(held);
      }
      const kind = this.#after ?? this.#parser.next();
      this.#after = undefined;
      const isCandidate = kind === 'series' && this.#parser.metricType === 'histogram';
      const labels = isCandidate ? this.#parser.labels() : Labels.EMPTY;
      const part = isCandidate ? this.#part(labels) : undefined;
      const identity = part === undefined ? undefined : labels.without(NOT_IDENTITY).key;
      if (this.#classic.length > 0 && identity !== this.#identity) {
        this.#after = kind;
        this.#finish();
        continue;
      }
      if (part === undefined || identity === undefined) return this.#pass(kind);
      this.#collect(part, labels, identity);
    }
  }

  labels(): Labels {
    return this.#entry?.labels ?? this.#parser.labels();
  }

  exemplars(): readonly ParsedExemplar[] {
    return this.#entry?.exemplars ?? this.#parser.exemplars();
  }

  startTimestampMs(): number {
    return this.#entry?.startTimestampMs ?? this.#parser.startTimestampMs();
  }

  line(): number {
    return this.#parser.line();
  }

  #pass(kind: EntryKind): EntryKind {
    const parser = this.#parser;
    this.#entry = undefined;
    this.familyName = parser.familyName;
    this.metricType = parser.metricType;
    this.text = parser.text;
    this.value = parser.value;
    this.histogram = parser.histogram;
    this.timestampMs = parser.timestampMs;
    if (kind === 'type') this.#typedFamily = parser.familyName;
    return kind;
  }

  #give(held: HeldEntry): EntryKind {
    this.#entry = held;
    this.value = held.value;
    this.histogram = held.histogram;
    this.timestampMs = held.timestampMs;
    return held.kind;
  }

  /** Which part of a histogram the series is, if it is one. */
  #part(labels: Labels): Part | undefined {
    const name = labels.get(METRIC_NAME);
    if (!name.startsWith(this.#typedFamily)) return undefined;
    const suffix = name.slice(this.#typedFamily.length);
    const part = PARTS.find((one) => suffix === `_${one}`);
    return part === 'bucket' && boundOf(labels) === undefined ? undefined : part;
  }

  #collect(part: Part, labels: Labels, identity: string): void {
    const parser = this.#parser;
    this.#identity = identity;
    if (part === 'count') this.#collected.setCount(parser.value);
    else if (part === 'sum') this.#collected.setSum(parser.value);
    else this.#collected.setBucket(boundOf(labels) ?? Number.NaN, parser.value);
    this.#classic.push({
      kind: 'series',
      value: parser.value,
      histogram: undefined,
      timestampMs: parser.timestampMs,
      labels,
      exemplars: parser.exemplars(),
      startTimestampMs: this.#classic[0]?.startTimestampMs ?? parser.startTimestampMs(),
    });
  }

  #finish(): void {
    const native = this.#collected.toNative(false);
    const classic = this.#classic;
    this.#collected = new ClassicHistogram();
    this.#classic = [];
    this.#queueAt = 0;
    this.#queue = native === undefined || this.#keepClassic ? classic : [];
    const first = classic[0];
    if (native === undefined || first === undefined) return;
    this.#queue.push({
      ...first,
      kind: 'histogram',
      value: 0,
      histogram: native,
      timestampMs: classic.at(-1)?.timestampMs,
      labels: baseLabels(first.labels, this.#typedFamily),
      exemplars: classic.flatMap((entry) => entry.exemplars),
    });
  }
}

function baseLabels(labels: Labels, family: string): Labels {
  return labels.with('le', '').with(METRIC_NAME, family);
}

function boundOf(labels: Labels): number | undefined {
  try {
    const bound = parseFloatText(labels.get('le'));
    return Number.isNaN(bound) ? undefined : bound;
  } catch (error) {
    if (error instanceof FloatError) return undefined;
    throw error;
  }
}
