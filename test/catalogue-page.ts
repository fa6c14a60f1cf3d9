/**
 * The tables of docs/catalogue.md, made of the catalogue:
 * `node test/catalogue-page.ts` writes them; catalogue-page.test.ts fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CATALOGUE } from '../rules/catalogue/catalogue.ts';
import {
  type AlarmHint,
  CATALOGUE_LEVELS,
  type CatalogueMetric,
} from '../rules/catalogue/catalogue-metric.ts';
import { expandMacros, rateWindowMs } from '../rules/catalogue/expand-macros.ts';
import { metricExpression } from '../rules/catalogue/metric-expression.ts';

export const CATALOGUE_PAGE = resolve(import.meta.dirname, '../docs/catalogue.md');
const MARK = '<!-- The rest is written by test/catalogue-page.ts. -->\n';
const SCRAPE_INTERVAL_MS = 30_000;
const MINUTE_MS = 60_000;

const OPERATORS = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '==', ne: '!=' } as const;

/** @param page as it is; what stands above the mark stays */
export function cataloguePage(page: string): string {
  const at = page.indexOf(MARK);
  if (at < 0) throw new Error(`no line ${MARK}`);
  const tables = CATALOGUE_LEVELS.map((level) =>
    table(
      level,
      CATALOGUE.filter((metric) => metric.level === level),
    ),
  );
  return `${page.slice(0, at)}${MARK}\n${tables.join('\n')}`;
}

function table(level: string, metrics: readonly CatalogueMetric[]): string {
  const identity = metrics[0]?.identity.map(code).join(', ') ?? '';
  const rows = metrics.map(row);
  return [
    `## ${level}\n`,
    `Known by ${identity}.\n`,
    '| metric | English | Chinese | unit | TKE | further labels | alarm | expression |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function row(metric: CatalogueMetric): string {
  const { name, en, zh, unit, periodMs, tke = [], labels = [], note, isCore, isBlock } = metric;
  const mark = isCore === true ? ' ★' : isBlock ? ' (block)' : '';
  const per = periodMs === undefined ? '' : ` in ${periodMs / MINUTE_MS} min`;
  const expr = metricExpression(metric, rateWindowMs(SCRAPE_INTERVAL_MS));
  const cells = [
    code(name) + mark,
    note === undefined ? en : `${en}. ${note}`,
    zh,
    unit + per,
    tke.map(({ name: tkeName, where }) => code(tkeName) + whereText(where)).join(', '),
    labels.map(code).join(', '),
    (metric.alarms ?? []).map(alarmText).join('; '),
    code(expr),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function whereText(where: Readonly<Record<string, string>> | undefined): string {
  if (where === undefined) return '';
  const rows = Object.entries(where).map(([label, value]) => `${label} ${value}`);
  return ` (${rows.join(', ')})`;
}

function alarmText(hint: AlarmHint): string {
  const held = hint.forMs === 0 ? '' : `, ${hint.forMs / MINUTE_MS} min`;
  if (hint.kind === 'expr') {
    return `${hint.name}: ${code(expandMacros(hint.expr, rateWindowMs(SCRAPE_INTERVAL_MS)))} ${hint.severity}${held}`;
  }
  const { where = {}, operator, levels, isOff = false } = hint;
  const rows = Object.entries(where).map(([label, values]) => `${label} ${values.join(' or ')}: `);
  const limits = Object.entries(levels).map(([severity, value]) => {
    return `${OPERATORS[operator]} ${value} ${severity}`;
  });
  return `${rows.join('')}${limits.join(', ')}${held}${isOff ? ' (off)' : ''}`;
}

if (import.meta.main) {
  writeFileSync(CATALOGUE_PAGE, cataloguePage(readFileSync(CATALOGUE_PAGE, 'utf8')));
}
