/**
 * Query results as Prometheus writes them, in pieces of text, without an object per point.
 */
import { formatApiFloat, formatGoF } from '../../model/go-float.ts';
import type { Labels } from '../../model/labels.ts';
import type { MatrixResult, ResultValue, VectorResult } from '../../promql/engine/query-result.ts';
import { histogramToJson } from '../../promql/histogram/text.ts';

/** Pieces are handed on when they reach this many characters: as much as stays in a core's cache. */
const PIECE_CHARS = 32 * 1024;

/**
 * Yields the text of `{"resultType":…,"result":…}` without the closing brace. Prometheus writes
 * scalars and strings in another way than series: times as short as they get, numbers without
 * an exponent.
 */
export function* resultJson(value: ResultValue): Generator<string> {
  switch (value.kind) {
    case 'scalar':
      yield `{"resultType":"scalar","result":[${value.timeMs / 1000},"${formatGoF(value.value)}"]`;
      return;
    case 'string':
      yield `{"resultType":"string","result":[${value.timeMs / 1000},${JSON.stringify(value.value)}]`;
      return;
    case 'vector':
      yield* vectorJson(value);
      return;
    case 'matrix':
      yield* matrixJson(value);
      return;
  }
}

function* vectorJson(vector: VectorResult): Generator<string> {
  const time = timestampJson(vector.timeMs);
  const labelsJson = labelWriter();
  let piece = '{"resultType":"vector","result":[';
  for (let index = 0; index < vector.labels.length; index++) {
    const labels = labelsJson(vector.labels[index] as Labels);
    const histogram = vector.histograms?.[index];
    const sample =
      histogram === undefined
        ? `"value":[${time},"${formatApiFloat(vector.values[index] as number)}"]`
        : `"histogram":[${time},${JSON.stringify(histogramToJson(histogram))}]`;
    piece += `${index === 0 ? '' : ','}{"metric":${labels},${sample}}`;
    if (piece.length >= PIECE_CHARS) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}]`;
}

function* matrixJson(matrix: MatrixResult): Generator<string> {
  const times = new TimeTexts();
  const labelsJson = labelWriter();
  let piece = '{"resultType":"matrix","result":[';
  for (let index = 0; index < matrix.series.length; index++) {
    const series = matrix.series[index] as MatrixResult['series'][number];
    piece += `${index === 0 ? '' : ','}{"metric":${labelsJson(series.labels)}`;
    const { timestampsMs, values } = series;
    if (timestampsMs.length > 0) {
      const heads = times.of(timestampsMs);
      for (let at = 0; at < values.length; at++) {
        piece += heads[at] as string;
        piece += formatApiFloat(values[at] as number);
        if (piece.length >= PIECE_CHARS) {
          yield piece;
          piece = '';
        }
      }
      piece += '"]]';
    }
    if (series.histograms.length > 0) {
      const points = series.histograms.map(
        (histogram, at) =>
          `[${timestampJson(series.histogramTimestampsMs[at] as number)},${JSON.stringify(histogramToJson(histogram))}]`,
      );
      piece += `,"histograms":[${points.join(',')}]`;
    }
    piece += '}';
    if (piece.length >= PIECE_CHARS) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}]`;
}

/**
 * The text before each value, from the end of the value before it on: series of one answer mostly
 * share their times, so it is made once for all that share an array.
 */
class TimeTexts {
  #times: Float64Array = new Float64Array(0);
  #texts: readonly string[] = [];

  of(timestampsMs: Float64Array): readonly string[] {
    if (this.#times !== timestampsMs && !isEqual(this.#times, timestampsMs)) {
      this.#times = timestampsMs;
      this.#texts = Array.from(
        timestampsMs,
        (timeMs, at) => `${at === 0 ? ',"values":[[' : '"],['}${timestampJson(timeMs)},"`,
      );
    }
    return this.#texts;
  }
}

function isEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Seconds, with three digits of fraction where it is not whole, as Prometheus writes them. */
export function timestampJson(timeMs: number): string {
  const sign = timeMs < 0 ? '-' : '';
  const absolute = Math.abs(timeMs);
  const seconds = Math.floor(absolute / 1000);
  const fraction = absolute % 1000;
  return fraction === 0
    ? `${sign}${seconds}`
    : `${sign}${seconds}.${String(fraction).padStart(3, '0')}`;
}

/**
 * Writes label sets as objects. The names are mostly those of the series before, at the same
 * places: their texts are kept.
 */
function labelWriter(): (labels: Labels) => string {
  const names: string[] = [];
  const heads: string[] = [];
  return ({ pairs }) => {
    let text = '{';
    for (let at = 0; at < pairs.length; at += 2) {
      const place = at >>> 1;
      const name = pairs[at] as string;
      if (names[place] !== name) {
        names[place] = name;
        heads[place] = `${at === 0 ? '' : ','}${JSON.stringify(name)}:`;
      }
      text += heads[place] as string;
      text += JSON.stringify(pairs[at + 1]);
    }
    return `${text}}`;
  };
}
