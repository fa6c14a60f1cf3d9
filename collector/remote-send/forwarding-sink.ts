/** A sink that also tells others what goes into the store. */
import type { Labels } from '../../model/labels.ts';
import type {
  AppendResult,
  ExemplarSample,
  HistogramSample,
  MetricMetadata,
  SampleBatch,
  SampleSink,
  ScrapeWriter,
  SeriesRef,
} from '../../model/sink.ts';

/** Gets what the store took. Arrays are valid during the call only. */
export interface SampleListener {
  /** Column i of the row belongs to series `refs[i]`; absent columns are marked (value-bits.ts). */
  onRow(timestampMs: number, refs: Uint32Array, values: Float64Array): void;
  onBatch(batch: SampleBatch): void;
  onHistograms(samples: readonly HistogramSample[]): void;
  onExemplars(exemplars: readonly ExemplarSample[]): void;
  onMetadata(metadata: readonly MetricMetadata[]): void;
}

/**
 * While there is no listener a row costs one look at a field. What the store refuses as a whole is
 * not passed on; of what it takes in part, all is, and the receiver judges for itself.
 */
export class ForwardingSink implements SampleSink {
  listener: SampleListener | undefined = undefined;
  readonly #inner: SampleSink;

  constructor(inner: SampleSink) {
    this.#inner = inner;
  }

  resolve(labels: Labels): SeriesRef {
    return this.#inner.resolve(labels);
  }

  openScrapeWriter(): ScrapeWriter {
    const writer = this.#inner.openScrapeWriter();
    let layout = new Uint32Array(0);
    return {
      setLayout: (refs) => {
        writer.setLayout(refs);
        layout = refs.slice();
      },
      appendRow: (timestampMs, values) => {
        const result = writer.appendRow(timestampMs, values);
        if (this.listener !== undefined && result.appended > 0) {
          this.listener.onRow(timestampMs, layout, values);
        }
        return result;
      },
      close: () => writer.close(),
    };
  }

  append(batch: SampleBatch): AppendResult {
    const result = this.#inner.append(batch);
    if (result.appended > 0) this.listener?.onBatch(batch);
    return result;
  }

  appendHistograms(samples: readonly HistogramSample[]): AppendResult {
    const result = this.#inner.appendHistograms(samples);
    if (result.appended > 0) this.listener?.onHistograms(samples);
    return result;
  }

  appendExemplars(exemplars: readonly ExemplarSample[]): void {
    this.#inner.appendExemplars(exemplars);
    if (exemplars.length > 0) this.listener?.onExemplars(exemplars);
  }

  appendMetadata(metadata: readonly MetricMetadata[]): void {
    this.#inner.appendMetadata(metadata);
    this.listener?.onMetadata(metadata);
  }

  commit(): Promise<void> {
    return this.#inner.commit();
  }
}
