/** What `query` returns and what alerts carry, as values of templates. */
import { formatGoG } from '../../model/go-float.ts';
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import {
  ANY,
  FLOAT64,
  type GoType,
  pointerTo,
  STRING_MAP,
} from '../../model/template/value/go-types.ts';
import {
  fromInterface,
  type GoValue,
  goFloat,
  goPointer,
  goSlice,
  goString,
  goStringMap,
  indirect,
  type Maybe,
  type SliceValue,
} from '../../model/template/value/go-values.ts';
import { formatHistogram } from '../../promql/histogram/text.ts';

/** One element of an instant vector. */
export interface TemplateSample {
  readonly labels: Labels;
  /** Ignored when there is a histogram. */
  readonly value: number;
  readonly histogram?: FloatHistogram;
}

/** Holds what the histogram's `String()` works on. */
class HistogramHolder {
  readonly histogram: FloatHistogram;
  constructor(histogram: FloatHistogram) {
    this.histogram = histogram;
  }
}

const INT32: GoType = { kind: 'int', name: 'int32', isNamed: true, underlying: 'int32' };

function histogramText(value: GoValue): string {
  if (value.kind === 'struct' && value.native instanceof HistogramHolder) {
    return formatHistogram(value.native.histogram);
  }
  return `{count:${formatGoG(0)}, sum:${formatGoG(0)}}`;
}

/** The fields that rules use; bucket lists are printed only. */
const HISTOGRAM: GoType = {
  kind: 'struct',
  name: 'histogram.FloatHistogram',
  isNamed: true,
  underlying: 'histogram.FloatHistogram',
  fields: [
    { name: 'Schema', type: INT32 },
    { name: 'ZeroThreshold', type: FLOAT64 },
    { name: 'ZeroCount', type: FLOAT64 },
    { name: 'Count', type: FLOAT64 },
    { name: 'Sum', type: FLOAT64 },
  ],
  methods: new Map([
    ['String', { params: [], call: (receiver: GoValue) => goString(histogramText(receiver)) }],
  ]),
  toText: histogramText,
};

/** A sample's value: a float, or a pointer to a histogram. */
export function sampleValue({ value, histogram }: Omit<TemplateSample, 'labels'>): GoValue {
  if (histogram === undefined) return goFloat(value);
  return goPointer({
    kind: 'struct',
    type: HISTOGRAM,
    fields: [
      { kind: 'int', type: INT32, value: BigInt(histogram.schema) },
      goFloat(histogram.zeroThreshold),
      goFloat(histogram.zeroCount),
      goFloat(histogram.count),
      goFloat(histogram.sum),
    ],
    native: new HistogramHolder(histogram),
  });
}

const SAMPLE: GoType = {
  kind: 'struct',
  name: 'template.sample',
  isNamed: true,
  underlying: 'template.sample',
  fields: [
    { name: 'Labels', type: STRING_MAP },
    { name: 'Value', type: ANY },
  ],
};
export const SAMPLE_POINTER: GoType = pointerTo(SAMPLE);
export const QUERY_RESULT: GoType = {
  kind: 'slice',
  name: 'template.queryResult',
  isNamed: true,
  underlying: `[]${SAMPLE_POINTER.name}`,
  element: SAMPLE_POINTER,
};

export function queryResult(samples: readonly TemplateSample[]): SliceValue {
  return goSlice(
    QUERY_RESULT,
    samples.map((sample) =>
      goPointer({
        kind: 'struct',
        type: SAMPLE,
        fields: [goStringMap(sample.labels.entries()), sampleValue(sample)],
      }),
    ),
  );
}

/** The value of a `*sample`. */
export function valueOfSample(sample: Maybe<GoValue>): Maybe<GoValue> {
  const { value } = indirect(sample);
  return value?.kind === 'struct' ? fromInterface(value.fields[1]) : undefined;
}

/** A label of a `*sample`; '' when it is absent. */
export function labelOfSample(sample: Maybe<GoValue>, name: string): string {
  const { value } = indirect(sample);
  const labels = value?.kind === 'struct' ? value.fields[0] : undefined;
  const label = labels?.kind === 'map' ? labels.entries.get(name) : undefined;
  return label?.kind === 'string' ? label.value : '';
}
