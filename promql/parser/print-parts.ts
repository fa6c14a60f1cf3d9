/** Pieces of expressions as text, which both printers use. */
import { formatDurationMs } from '../../model/duration.ts';
import { compareUtf8, isClassicLabelName, METRIC_NAME, quoteGo } from '../../model/labels.ts';
import type {
  AggregateExpr,
  AtModifier,
  BinaryExpr,
  DurationExpr,
  MatrixSelector,
  NumberLiteral,
  SubqueryExpr,
  VectorMatching,
  VectorSelector,
} from '../ast.ts';

/** Whole milliseconds, as Prometheus prints durations. */
function printDurationMs(durationMs: number): string {
  return formatDurationMs(Math.trunc(durationMs));
}

/** A float in decimal digits without an exponent (Go's `'f', -1`). */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = Object.is(value, -0) ? '-0' : String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, lead, fraction = '', exponent] = match;
  const digits = `${lead}${fraction}`;
  const pointAt = 1 + Number(exponent);
  if (pointAt > 0) return `${sign}${digits.padEnd(pointAt, '0')}`;
  return `${sign}0.${'0'.repeat(-pointAt)}${digits}`;
}

export function printLiteral(literal: NumberLiteral): string {
  if (!literal.isDuration) return printNumber(literal.value);
  const text = printDurationMs(Math.trunc(Math.abs(literal.value) * 1e9) / 1e6);
  return literal.value < 0 ? `-${text}` : text;
}

function printDurationExpr(duration: DurationExpr | NumberLiteral): string {
  if (duration.kind === 'number') return printLiteral(duration);
  const text = printUnwrapped(duration);
  return duration.wrapped ? `(${text})` : text;
}

function printUnwrapped({ op, lhs, rhs }: DurationExpr): string {
  const right = rhs === undefined ? '' : printDurationExpr(rhs);
  if (op === 'step' || op === 'range') return `${op}()`;
  // A plus before an operand is how parentheses round a number are kept.
  if (lhs === undefined) return op === '-' ? `-${right}` : right;
  const left = printDurationExpr(lhs);
  return op === 'min_of' || op === 'max_of' ? `${op}(${left}, ${right})` : `${left} ${op} ${right}`;
}

function printDuration(durationMs: number, expr: DurationExpr | undefined): string {
  return expr === undefined ? printDurationMs(durationMs) : printDurationExpr(expr);
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  return at.kind === 'timestamp' ? ` @ ${(at.timestampMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printOffset(offsetMs: number, expr: DurationExpr | undefined): string {
  if (expr !== undefined) return ` offset ${printDurationExpr(expr)}`;
  if (offsetMs === 0) return '';
  const text = printDurationMs(Math.abs(offsetMs));
  return ` offset ${offsetMs < 0 ? '-' : ''}${text}`;
}

function printExtended(selector: VectorSelector): string {
  if (selector.anchored) return ' anchored';
  return selector.smoothed ? ' smoothed' : '';
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => (isClassicLabelName(label) ? label : quoteGo(label))).join(', ');
}

function printNameAndMatchers({ name, matchers }: VectorSelector): string {
  const shown = matchers.filter((matcher) => {
    const isName = matcher.name === METRIC_NAME && matcher.type === '=' && name !== '';
    return !(isName && matcher.value === name);
  });
  if (shown.length === 0) return name;
  const texts = shown.map((matcher) => matcher.toString());
  return `${name}{${texts.sort(compareUtf8).join(',')}}`;
}

export function printSelector(selector: VectorSelector): string {
  const offset = printOffset(selector.offsetMs, selector.offsetExpr);
  const modifiers = `${printAt(selector.at)}${printExtended(selector)}${offset}`;
  return `${printNameAndMatchers(selector)}${modifiers}`;
}

export function printMatrix({ selector, rangeMs, rangeExpr }: MatrixSelector): string {
  const offset = printOffset(selector.offsetMs, selector.offsetExpr);
  const modifiers = `${printExtended(selector)}${printAt(selector.at)}${offset}`;
  return `${printNameAndMatchers(selector)}[${printDuration(rangeMs, rangeExpr)}]${modifiers}`;
}

/** `[range:step] @ time offset duration`, what follows the expression of a subquery. */
export function printSubquerySuffix(subquery: SubqueryExpr): string {
  const { rangeMs, rangeExpr, stepMs, stepExpr } = subquery;
  const hasStep = stepMs !== 0 || stepExpr !== undefined;
  const step = hasStep ? printDuration(stepMs, stepExpr) : '';
  const offset = printOffset(subquery.offsetMs, subquery.offsetExpr);
  return `[${printDuration(rangeMs, rangeExpr)}:${step}]${printAt(subquery.at)}${offset}`;
}

/** `sum by (job) `, what stands before the parenthesis of an aggregation. */
export function printAggregateHead({ op, grouping, without }: AggregateExpr): string {
  if (without) return `${op} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${printLabels(grouping)}) ` : op;
}

/** `/ bool on (job) group_left (instance)`, what stands between the two sides. */
export function printBinaryOperator({ op, returnBool, matching }: BinaryExpr): string {
  return `${op}${returnBool ? ' bool' : ''}${matching === undefined ? '' : printMatching(matching)}`;
}

function printMatching(matching: VectorMatching): string {
  const isGrouped = matching.card === 'many-to-one' || matching.card === 'one-to-many';
  let text = '';
  if (matching.matchingLabels.length > 0 || matching.on || isGrouped) {
    text += ` ${matching.on ? 'on' : 'ignoring'} (${printLabels(matching.matchingLabels)})`;
  }
  if (isGrouped) {
    const side = matching.card === 'many-to-one' ? 'left' : 'right';
    text += ` group_${side} (${printLabels(matching.include)})`;
  }
  return text + printFill(matching.fillLhs, matching.fillRhs);
}

function printFill(lhs: number | undefined, rhs: number | undefined): string {
  if (lhs !== undefined && lhs === rhs) return ` fill (${printShortest(lhs)})`;
  const left = lhs === undefined ? '' : ` fill_left (${printShortest(lhs)})`;
  const right = rhs === undefined ? '' : ` fill_right (${printShortest(rhs)})`;
  return left + right;
}

/** Go's `%v` of a float: an exponent of two digits below -4 and from 21 on. */
function printShortest(value: number): string {
  const magnitude = Math.abs(value);
  const isPlain = value === 0 || (magnitude >= 1e-4 && magnitude < 1e21);
  if (isPlain || !Number.isFinite(value)) return printNumber(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
