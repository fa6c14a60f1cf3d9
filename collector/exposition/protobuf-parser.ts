/** The delimited stream of `io.prometheus.client.MetricFamily` messages. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { InvalidHistogramError } from '../../model/histogram-validation.ts';
import type { Labels } from '../../model/labels.ts';
import { ProtobufError, ProtobufReader, tagOf } from '../../model/protobuf-wire.ts';
import type { MetricType } from '../../model/sink.ts';
import { ExpositionError } from './exposition-error.ts';
import type { EntryKind, ExpositionParser, ParsedExemplar } from './exposition-parser.ts';
import { LabelTextError } from './label-text.ts';
import { MetricEntries, type MetricEntry, type ProtobufParserOptions } from './metric-entries.ts';
import { readMetric } from './metric-message.ts';
import { HistogramMessageError } from './native-histogram.ts';

/** By number of the enum `MetricType`. */
const TYPES: readonly MetricType[] = [
  'counter',
  'gauge',
  'summary',
  'unknown',
  'histogram',
  'gaugehistogram',
];

const NO_EXEMPLARS: readonly ParsedExemplar[] = [];

export class ProtobufParser implements ExpositionParser {
  familyName = '';
  metricType: MetricType = 'unknown';
  text = '';
  value = 0;
  histogram: FloatHistogram | undefined = undefined;
  timestampMs: number | undefined = undefined;
  readonly #reader: ProtobufReader;
  readonly #metricReader: ProtobufReader;
  readonly #entries: MetricEntries;
  /** Start and end of the family's metrics in the body. */
  readonly #metrics: number[] = [];
  #help = '';
  #unit = '';
  readonly #pending: ('help' | 'unit' | 'type')[] = [];
  #metricAt = 0;
  #queue: readonly MetricEntry[] = [];
  #queueAt = 0;
  #entry: MetricEntry | undefined = undefined;

  constructor(bytes: Uint8Array, options: ProtobufParserOptions) {
    this.#reader = new ProtobufReader(bytes);
    this.#metricReader = new ProtobufReader(bytes);
    this.#entries = new MetricEntries(options);
  }

  next(): EntryKind {
    try {
      return this.#next();
    } catch (error) {
      if (error instanceof ProtobufError || error instanceof LabelTextError) {
        throw new ExpositionError(error.message, 0, { cause: error });
      }
      if (error instanceof HistogramMessageError || error instanceof InvalidHistogramError) {
        const problem = `histogram "${this.familyName}": ${error.message}`;
        throw new ExpositionError(problem, 0, { cause: error });
      }
      throw error;
    }
  }

  labels(): Labels {
    try {
      return this.#current().labels();
    } catch (error) {
      if (!(error instanceof LabelTextError)) throw error;
      throw new ExpositionError(error.message, 0, { cause: error });
    }
  }

  exemplars(): readonly ParsedExemplar[] {
    return this.#entry?.exemplars ?? NO_EXEMPLARS;
  }

  startTimestampMs(): number {
    return this.#current().startTimestampMs;
  }

  line(): number {
    return 0;
  }

  #current(): MetricEntry {
    if (this.#entry === undefined) throw new Error('no series has been read');
    return this.#entry;
  }

  #next(): EntryKind {
    for (;;) {
      const metadata = this.#pending.shift();
      if (metadata !== undefined) {
        this.text = metadata === 'unit' ? this.#unit : this.#help;
        return metadata;
      }
      const entry = this.#queue[this.#queueAt];
      if (entry !== undefined) {
        this.#queueAt++;
        return this.#enter(entry);
      }
      if (this.#metricAt < this.#metrics.length) this.#readMetric();
      else if (this.#reader.atEnd) return 'end';
      else this.#readFamily();
    }
  }

  #enter(entry: MetricEntry): EntryKind {
    this.#entry = entry;
    this.value = entry.value;
    this.histogram = entry.histogram;
    this.timestampMs = entry.timestampMs;
    return entry.histogram === undefined ? 'series' : 'histogram';
  }

  #readMetric(): void {
    const bounds = this.#metrics;
    const start = bounds[this.#metricAt] as number;
    const end = bounds[this.#metricAt + 1] as number;
    this.#metricAt += 2;
    this.#metricReader.moveTo(start, end);
    const metric = readMetric(this.#metricReader);
    this.#queue = this.#entries.of(this.familyName, this.metricType, metric);
    this.#queueAt = 0;
  }

  /** Reads the family's own fields, which may stand behind its metrics. */
  #readFamily(): void {
    const reader = this.#reader;
    this.familyName = '';
    this.#help = '';
    this.#unit = '';
    this.#metrics.length = 0;
    this.#metricAt = 0;
    let type = 0;
    const end = reader.enter();
    while (!reader.atEnd) {
      const tag = reader.readTag();
      if (tag === tagOf(1, 2)) this.familyName = reader.readString();
      else if (tag === tagOf(2, 2)) this.#help = reader.readString();
      else if (tag === tagOf(3, 0)) type = reader.readUint();
      else if (tag === tagOf(4, 2)) {
        const outer = reader.enter();
        const { offset } = reader;
        reader.leave(outer);
        this.#metrics.push(offset, reader.offset);
      } else if (tag === tagOf(5, 2)) this.#unit = reader.readString();
      else reader.skip(tag);
    }
    reader.leave(end);
    // A family without metrics says nothing.
    if (this.#metrics.length === 0) return;
    if (this.familyName === '') throw new ExpositionError('invalid metric name: ', 0);
    const known = TYPES[type];
    if (known === undefined) {
      throw new ExpositionError(`unknown metric type for metric "${this.familyName}": ${type}`, 0);
    }
    this.metricType = known;
    this.#pending.push('help');
    if (this.#unit !== '') this.#pending.push('unit');
    this.#pending.push('type');
  }
}
