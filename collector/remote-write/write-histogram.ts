/** The `Histogram` message of remote write 1.0, 2.0 and remote read, from a histogram of ours. */
import type { CounterResetHint, FloatHistogram, Span } from '../../model/histogram.ts';
import type { ProtobufWriter } from '../../model/protobuf-writer.ts';
import { floatColumn, setStaleAt } from '../../model/value-bits.ts';

const RESET_HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/** As a histogram of floats, which is what we keep. */
export function writeHistogram(
  writer: ProtobufWriter,
  field: number,
  timestampMs: number,
  h: FloatHistogram,
): void {
  const message = writer.begin(field);
  writer.double(2, h.count);
  if (h.isStale) {
    const { words } = floatColumn(1);
    setStaleAt(words, 0);
    writer.doubleBits(3, words, 0);
  } else writer.double(3, h.sum);
  writer.sint(4, h.schema).double(5, h.zeroThreshold).double(7, h.zeroCount);
  writeSpans(writer, 8, h.negativeSpans);
  writeDoubles(writer, 10, h.negativeBuckets);
  writeSpans(writer, 11, h.positiveSpans);
  writeDoubles(writer, 13, h.positiveBuckets);
  writer.uint(14, RESET_HINTS.indexOf(h.counterResetHint)).int(15, timestampMs);
  writeDoubles(writer, 16, h.customValues);
  writer.end(message);
}

function writeSpans(writer: ProtobufWriter, field: number, spans: readonly Span[]): void {
  for (const { offset, length } of spans) {
    const span = writer.begin(field);
    writer.sint(1, offset).uint(2, length).end(span);
  }
}

function writeDoubles(writer: ProtobufWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return;
  const packed = writer.begin(field);
  for (const value of values) writer.rawDouble(value);
  writer.end(packed);
}
