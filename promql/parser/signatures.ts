/** The functions of PromQL: argument types, result type, and which are experimental. */
import type { AggregateOperator, ValueType } from '../ast.ts';

export interface FunctionSignature {
  readonly name: string;
  readonly argTypes: readonly ValueType[];
  /**
   * 0: exactly the listed arguments. n > 0: the last listed one may be missing, or be given up to
   * n times. -1: the last one any number of times.
   */
  readonly variadic: number;
  readonly returnType: ValueType;
  readonly isExperimental: boolean;
}

const VECTOR: ValueType = 'vector';
const MATRIX: ValueType = 'matrix';
const SCALAR: ValueType = 'scalar';
const STRING: ValueType = 'string';

interface Options {
  /** A vector when it is left out. */
  readonly returns?: ValueType;
  readonly variadic?: number;
  readonly isExperimental?: boolean;
}

function define(
  names: string,
  argTypes: readonly ValueType[],
  { returns = VECTOR, variadic = 0, isExperimental = false }: Options = {},
): (readonly [string, FunctionSignature])[] {
  return names.split(' ').map((name) => {
    return [name, { name, argTypes, variadic, returnType: returns, isExperimental }];
  });
}

const SIGNATURES: ReadonlyMap<string, FunctionSignature> = new Map([
  ...define('abs ceil exp floor ln log10 log2 sgn sqrt deg rad', [VECTOR]),
  ...define('sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh', [VECTOR]),
  ...define('absent sort sort_desc timestamp', [VECTOR]),
  ...define('histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', [
    VECTOR,
  ]),
  ...define('scalar', [VECTOR], { returns: SCALAR }),
  ...define('start_timestamp', [VECTOR], { isExperimental: true }),
  ...define('day_of_month day_of_week day_of_year days_in_month hour minute month year', [VECTOR], {
    variadic: 1,
  }),
  ...define('clamp', [VECTOR, SCALAR, SCALAR]),
  ...define('clamp_max clamp_min', [VECTOR, SCALAR]),
  ...define('round', [VECTOR, SCALAR], { variadic: 1 }),
  ...define('info', [VECTOR, VECTOR], { variadic: 1, isExperimental: true }),
  ...define('label_join', [VECTOR, STRING, STRING, STRING], { variadic: -1 }),
  ...define('label_replace', [VECTOR, STRING, STRING, STRING, STRING]),
  ...define('sort_by_label sort_by_label_desc', [VECTOR, STRING], {
    variadic: -1,
    isExperimental: true,
  }),
  ...define('histogram_quantiles', [VECTOR, STRING, SCALAR, SCALAR], {
    variadic: 9,
    isExperimental: true,
  }),
  ...define('histogram_fraction', [SCALAR, SCALAR, VECTOR]),
  ...define('histogram_quantile', [SCALAR, VECTOR]),

  ...define('absent_over_time present_over_time changes resets', [MATRIX]),
  ...define('avg_over_time count_over_time max_over_time min_over_time sum_over_time', [MATRIX]),
  ...define('first_over_time last_over_time stddev_over_time stdvar_over_time', [MATRIX]),
  ...define('delta deriv idelta increase irate rate', [MATRIX]),
  ...define('mad_over_time', [MATRIX], { isExperimental: true }),
  ...define(
    'ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
    [MATRIX],
    { isExperimental: true },
  ),
  ...define('predict_linear', [MATRIX, SCALAR]),
  ...define('quantile_over_time', [SCALAR, MATRIX]),
  ...define('double_exponential_smoothing', [MATRIX, SCALAR, SCALAR], { isExperimental: true }),

  ...define('vector', [SCALAR]),
  ...define('pi time', [], { returns: SCALAR }),
  ...define('start end range step', [], { returns: SCALAR, isExperimental: true }),
  ...define('max_of min_of', [SCALAR, SCALAR], { returns: SCALAR, isExperimental: true }),
]);

export function findSignature(name: string): FunctionSignature | undefined {
  return SIGNATURES.get(name);
}

const WITH_PARAMETER: ReadonlySet<AggregateOperator> = new Set<AggregateOperator>([
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
]);

/** Whether an aggregation takes a parameter before its vector. */
export function takesParameter(op: AggregateOperator): boolean {
  return WITH_PARAMETER.has(op);
}
