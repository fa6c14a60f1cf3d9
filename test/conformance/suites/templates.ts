/** Templates of rules: labels, annotations and consoles. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FloatHistogram } from '../../../model/histogram.ts';
import { Labels } from '../../../model/labels.ts';
import type { MissingKey } from '../../../model/template/exec/fields.ts';
import { TemplateError } from '../../../model/template/template-error.ts';
import {
  type GoValue,
  goFloat,
  goList,
  goMap,
  goString,
  type Maybe,
} from '../../../model/template/value/go-values.ts';
import { RuleTemplate } from '../../../rules/template/rule-template.ts';
import {
  queryResult,
  sampleValue,
  type TemplateSample,
} from '../../../rules/template/sample-value.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface CaseSample {
  readonly labels: Record<string, string>;
  readonly value?: number;
  readonly histogram?: { readonly count: number; readonly sum: number };
}

interface TemplateCase {
  readonly line: number;
  readonly text: string;
  readonly html: boolean;
  readonly options?: readonly string[];
  readonly data?: unknown;
  readonly query_result?: readonly CaseSample[];
  readonly ok: boolean;
  readonly output?: string;
  readonly error?: string;
}

const CONTEXT = {
  timestampMs: 1_353_755_652_000,
  externalUrl: 'http://testhost:9090/path/prefix',
};

export const suite: ConformanceSuite = {
  name: 'templates',
  caseCount: 89,
  async run(dir, report) {
    const file = await readFile(join(dir, 'rules', 'template_expansion.json'), 'utf8');
    const { cases } = JSON.parse(file) as { cases: readonly TemplateCase[] };
    for (const one of cases) report(await judge(one));
  },
};

/** Cases that cannot pass, with why. */
const WRONG_CASES: ReadonlyMap<number, string> = new Map([
  [343, 'the case has -2117045 s where the source has -183845 s, which is -2d 3h 4m 5s'],
]);

async function judge(one: TemplateCase): Promise<CaseResult> {
  const name = `line ${one.line}: ${one.text}`;
  const wrong = WRONG_CASES.get(one.line);
  if (wrong !== undefined) return { name, ok: false, skipped: wrong };
  const expected = (one.ok ? one.output : one.error) ?? '';
  const outcome = await expand(one);
  const ok = outcome.ok === one.ok && outcome.text === expected;
  return { name, ok, expected, got: outcome.text };
}

async function expand(one: TemplateCase): Promise<{ ok: boolean; text: string }> {
  const missing = one.options?.find((option) => option.startsWith('missingkey='));
  const missingKey = (missing?.slice('missingkey='.length) ?? 'zero') as MissingKey;
  let template: RuleTemplate;
  try {
    template = new RuleTemplate('test', one.text, { missingKey, isHtml: one.html });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { ok: false, text: `error parsing template test: ${error.message}` };
  }
  try {
    const samples = (one.query_result ?? []).map(sampleOf);
    const context = { ...CONTEXT, query: async () => samples };
    return { ok: true, text: await template.expand(dataOf(one.data), context) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { ok: false, text: error.message };
  }
}

function sampleOf({ labels, value = 0, histogram }: CaseSample): TemplateSample {
  const base = { labels: Labels.fromRecord(labels), value };
  return histogram === undefined ? base : { ...base, histogram: histogramOf(histogram) };
}

function histogramOf({ count, sum }: { count: number; sum: number }): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum,
    positiveSpans: [],
    negativeSpans: [],
    positiveBuckets: [],
    negativeBuckets: [],
    customValues: [],
    isStale: false,
  };
}

const SPECIAL_FLOATS: Readonly<Record<string, number>> = {
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};

/** The case's data. `{"Value": {"Count", "Sum"}}` is a sample that holds a histogram. */
function dataOf(data: unknown): Maybe<GoValue> {
  if (Array.isArray(data)) return goList(data.map(dataOf));
  switch (typeof data) {
    case 'number':
      return goFloat(data);
    case 'string': {
      const special = SPECIAL_FLOATS[data];
      return special === undefined ? goString(data) : goFloat(special);
    }
    case 'object':
      return data === null ? undefined : objectOf(data as Readonly<Record<string, unknown>>);
    default:
      return undefined;
  }
}

function objectOf(data: Readonly<Record<string, unknown>>): Maybe<GoValue> {
  const value = data['Value'] as { Count: number; Sum: number } | undefined;
  if (value?.Count === undefined) {
    return goMap(Object.entries(data).map(([key, item]) => [key, dataOf(item)] as const));
  }
  const histogram = histogramOf({ count: value.Count, sum: value.Sum });
  const sample = queryResult([{ labels: Labels.EMPTY, value: 0, histogram }]).items[0];
  return sample ?? sampleValue({ value: 0 });
}
