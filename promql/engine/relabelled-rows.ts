/** `label_replace` and `label_join`, which change labels and leave samples alone. */
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import { compileRegex, RegexError } from '../../model/matcher.ts';
import type { EvalContext } from './eval-context.ts';
import { expandTemplate } from './expand-template.ts';
import { isLabelName } from './label-name.ts';
import { mergeEqualRows } from './merge-rows.ts';
import { executionError } from './query-error.ts';
import type { Row, RowSource } from './rows.ts';

class RelabelledRows implements RowSource {
  readonly labels: readonly Labels[];
  readonly dropsName: Uint8Array;
  readonly isUnique = false;
  readonly commonName = undefined;
  readonly steps: number;
  readonly #source: RowSource;

  constructor(source: RowSource, labels: readonly Labels[], dropsName: Uint8Array) {
    this.labels = labels;
    this.dropsName = dropsName;
    this.steps = source.steps;
    this.#source = source;
  }

  get fullLabels(): readonly Labels[] {
    return this.labels;
  }

  read(index: number): Row {
    return this.#source.read(index);
  }
}

/** @throws QueryError for a bad label name, and when series become equal */
export async function labelJoin(
  rows: RowSource,
  texts: readonly string[],
  context: EvalContext,
): Promise<RowSource> {
  const [target = '', separator = '', ...sources] = texts;
  for (const source of sources) {
    if (!isLabelName(source)) {
      throw executionError(`invalid source label name in label_join(): ${source}`);
    }
  }
  if (!isLabelName(target)) {
    throw executionError(`invalid destination label name in label_join(): ${target}`);
  }
  return relabel(rows, target, context, (labels) =>
    sources.map((source) => labels.get(source)).join(separator),
  );
}

/** @throws QueryError for a bad expression or label name, and when series become equal */
export async function labelReplace(
  rows: RowSource,
  texts: readonly string[],
  context: EvalContext,
): Promise<RowSource> {
  const [target = '', replacement = '', source = '', pattern = ''] = texts;
  const regex = compileLabelRegex(pattern);
  if (!isLabelName(target)) {
    throw executionError(`invalid destination label name in label_replace(): ${target}`);
  }
  const names = regex.namedGroups();
  return relabel(rows, target, context, (labels) => {
    const matcher = regex.matcher(labels.get(source));
    if (!matcher.matches()) return undefined;
    return expandTemplate(replacement, (name) => {
      const index = /^\d+$/.test(name) ? Number(name) : names[name];
      if (index === undefined || index > matcher.groupCount()) return '';
      return matcher.group(index) ?? '';
    });
  });
}

function compileLabelRegex(pattern: string) {
  try {
    return compileRegex(`^(?s:${pattern})$`);
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause;
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
}

/** @param valueOf undefined leaves the series as it is */
async function relabel(
  rows: RowSource,
  target: string,
  context: EvalContext,
  valueOf: (labels: Labels) => string | undefined,
): Promise<RowSource> {
  const dropsName = rows.dropsName.slice();
  const labels = rows.labels.map((before, index) => {
    const value = valueOf(before);
    if (value === undefined) return before;
    // A name that is given on purpose is not to be dropped.
    if (target === METRIC_NAME) dropsName[index] = 0;
    return before.with(target, value);
  });
  return mergeEqualRows(new RelabelledRows(rows, labels, dropsName), context);
}
