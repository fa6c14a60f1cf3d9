/** What every reader of an exposition gives: entries, one after another. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';

export type EntryKind = 'type' | 'help' | 'unit' | 'comment' | 'series' | 'histogram' | 'end';

export interface ParsedExemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Undefined: the sample's time. */
  readonly timestampMs: number | undefined;
}

/**
 * A cursor over a body. The fields speak of the entry that the last `next()` returned and change
 * with the next one. Methods throw ExpositionError and nothing else; after one the parser is spent.
 */
export interface ExpositionParser {
  next(): EntryKind;
  /** Family of a `type`, `help` or `unit`. */
  readonly familyName: string;
  /** Of the last `type`; 'unknown' before the first. */
  readonly metricType: MetricType;
  /** Text of a `help`, `unit` (the unit) or `comment`. */
  readonly text: string;
  /** Of a `series`. Every NaN is the same NaN: markers cannot be scraped. */
  readonly value: number;
  /** Of a `histogram`. */
  readonly histogram: FloatHistogram | undefined;
  /** Of a `series` or `histogram`; undefined when the body gives none. */
  readonly timestampMs: number | undefined;
  /** Labels as exposed, the name among them, before target labels and relabelling. */
  labels(): Labels;
  exemplars(): readonly ParsedExemplar[];
  /** Start ("created") timestamp of a `series` or `histogram`, 0 when unknown. */
  startTimestampMs(): number;
  /** Line of the body on which the entry begins, from 1; 0 in a binary format. */
  line(): number;
}
