/** Reads a rule file and checks what it says; texts are those of Prometheus' `model/rulefmt`. */
import { isLabelName } from '../../config/names.ts';
import type { NameValidationScheme } from '../../config/types.ts';
import { compareUtf8, isClassicMetricName, METRIC_NAME, quoteGo } from '../../model/labels.ts';
import type { Place } from '../../model/place-error.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import type { Expr, ParserOptions } from '../../promql/ast.ts';
import { ParseError } from '../../promql/parser/parse-error.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { AlertTemplate } from '../template/alert-template.ts';
import { readRuleGroups, type WrittenGroup, type WrittenRule } from './read-rule-groups.ts';
import type { RuleConfig, RuleFile, RuleGroupConfig, RuleLabels } from './rule-file.ts';

export interface RuleFileOptions {
  readonly parser: ParserOptions;
  readonly nameValidation: NameValidationScheme;
  readonly ignoreUnknownFields: boolean;
}

export type ParsedRuleFile =
  | { readonly ok: true; readonly file: RuleFile }
  /** At least one; each begins with the name of the file. */
  | {
      readonly ok: false;
      readonly problems: readonly string[];
      readonly warnings: readonly string[];
    };

/** @param file as it is to be shown */
export function parseRuleFile(
  file: string,
  bytes: Uint8Array,
  options: RuleFileOptions,
): ParsedRuleFile {
  const written = readRuleGroups(file, bytes, options.ignoreUnknownFields);
  const { warnings } = written;
  if (written.problems.length > 0) return { ok: false, problems: written.problems, warnings };
  const checker = new RuleChecker(options);
  const groups = written.groups.map((group) => checker.group(group));
  if (checker.problems.length > 0) {
    return { ok: false, problems: checker.problems.map((text) => `${file}: ${text}`), warnings };
  }
  return { ok: true, file: { file, groups, warnings } };
}

/** Stands for an expression that has been refused; never leaves this file. */
const NO_EXPR: Expr = {
  kind: 'number',
  value: 0,
  isDuration: false,
  pos: { start: 0, end: 0 },
};

class RuleChecker {
  readonly problems: string[] = [];
  readonly #options: RuleFileOptions;
  readonly #names = new Set<string>();

  constructor(options: RuleFileOptions) {
    this.#options = options;
  }

  group(group: WrittenGroup): RuleGroupConfig {
    const { name, place, intervalMs, queryOffsetMs, limit } = group;
    if (name === '') this.#add(place, 'Groupname must not be empty');
    if (this.#names.has(name)) {
      this.#add(place, `groupname: "${name}" is repeated in the same file`);
    }
    this.#names.add(name);
    for (const problem of this.#labelProblems(group.labels)) this.#add(place, problem);
    const rules = group.rules.map((rule, index) => this.#rule(rule, index, group));
    return { name, intervalMs, queryOffsetMs, limit, rules };
  }

  #rule(rule: WrittenRule, index: number, group: WrittenGroup): RuleConfig {
    const { record, alert } = rule;
    const shownName = alert.text === '' ? record.text : alert.text;
    const where = `group ${quoteGo(group.name)}, rule ${index + 1}, ${quoteGo(shownName)}`;
    const add = (problem: string, ...places: readonly Place[]): void => {
      const shown = places.map(placeText).join(' ');
      this.problems.push(`${shown} ${where}: ${problem}`);
    };
    if (record.text !== '' && alert.text !== '') {
      add("only one of 'record' and 'alert' must be set", record.place, alert.place);
    }
    if (record.text === '' && alert.text === '') {
      add("one of 'record' or 'alert' must be set", record.place);
    }
    const expr = this.#expr(rule, add);
    if (record.text !== '') this.#checkRecord(rule, add);
    for (const problem of this.#labelProblems(rule.labels)) add(problem, rule.place);
    for (const name of Object.keys(rule.annotations)) {
      if (isLabelName(name, this.#options.nameValidation)) continue;
      add(`invalid annotation name: ${name}`, rule.place);
    }
    if (alert.text !== '') checkTemplates(rule, add);
    return {
      record: record.text,
      alert: alert.text,
      expr,
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      labels: sorted({ ...group.labels, ...rule.labels }),
      annotations: sorted(rule.annotations),
    };
  }

  #expr({ expr }: WrittenRule, add: (problem: string, place: Place) => void): Expr {
    if (expr.text === '') {
      add("field 'expr' must be set in rule", expr.place);
      return NO_EXPR;
    }
    try {
      return parseExpr(expr.text, this.#options.parser);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      add(`could not parse expression: ${error.message}`, expr.place);
      return NO_EXPR;
    }
  }

  #checkRecord(rule: WrittenRule, add: (problem: string, place: Place) => void): void {
    const { text, place } = rule.record;
    const refuse = (field: string): void => {
      add(`invalid field '${field}' in recording rule`, place);
    };
    if (Object.keys(rule.annotations).length > 0) refuse('annotations');
    if (rule.forMs !== 0) refuse('for');
    if (rule.keepFiringForMs !== 0) refuse('keep_firing_for');
    const isLegacy = this.#options.nameValidation === 'legacy';
    const isValid = isLegacy ? isClassicMetricName(text) : text.isWellFormed();
    if (!isValid) add(`invalid recording rule name: ${text}`, place);
    if (/[{}]/.test(text)) {
      add(`braces present in the recording rule name; should it be in expr?: ${text}`, place);
    }
  }

  #labelProblems(labels: Readonly<Record<string, string>>): readonly string[] {
    return Object.entries(labels).flatMap(([name, value]) => {
      const isName = name !== METRIC_NAME && isLabelName(name, this.#options.nameValidation);
      return [
        ...(isName ? [] : [`invalid label name: ${name}`]),
        ...(value.isWellFormed() ? [] : [`invalid label value: ${value}`]),
      ];
    });
  }

  #add(place: Place, problem: string): void {
    this.problems.push(`${placeText(place)} ${problem}`);
  }
}

function checkTemplates(
  { alert, labels, annotations, place }: WrittenRule,
  add: (problem: string, place: Place) => void,
): void {
  const check = (kind: string, texts: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(texts)) {
      try {
        void new AlertTemplate(alert.text, text);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        add(`${kind} ${quoteGo(name)}: ${error.message}`, place);
      }
    }
  };
  check('label', labels);
  check('annotation', annotations);
}

function placeText({ line, column }: Place): string {
  return `${line}:${column}:`;
}

function sorted(texts: Readonly<Record<string, string>>): RuleLabels {
  return Object.entries(texts).sort(([a], [b]) => compareUtf8(a, b));
}
