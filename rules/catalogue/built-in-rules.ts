/** Rules that the program brings along, for the files of the user to stand beside. */
import { readFile } from 'node:fs/promises';
import type { ParserOptions } from '../../promql/ast.ts';
import { parseRuleFile } from '../file/parse-rule-file.ts';
import { type RuleFile, RuleFileErrors } from '../file/rule-file.ts';
import { CATALOGUE_FILE, catalogueRules } from './catalogue-rules.ts';

/** What the API shows in place of a file. */
const MIXIN_FILE = 'builtin:kubernetes-mixin';
const MIXIN = new URL('kubernetes-mixin.yaml', import.meta.url);

export interface BuiltInSettings {
  readonly mixinRules: boolean;
  /** The window of rates in the catalogue. */
  readonly windowMs: number;
  readonly parser: ParserOptions;
}

export async function builtInRules({
  mixinRules,
  windowMs,
  parser,
}: BuiltInSettings): Promise<readonly RuleFile[]> {
  const catalogue = catalogueRules(windowMs, parser);
  return mixinRules ? [catalogue, await mixinFile(parser)] : [catalogue];
}

/** Built-in rules without the metrics that the user's own record: two writers would get in each other's way. */
export function besidesOwn(
  builtIn: readonly RuleFile[],
  own: readonly RuleFile[],
): readonly RuleFile[] {
  const names = new Set(
    own.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.map(({ record }) => record))),
  );
  return builtIn.map((file) => withoutNames(file, names));
}

/** As often as a new cluster's values are waited for: two scrapes, and not a whole interval more. */
const STARTING_INTERVAL_MS = 10_000;

/** The same rules, the catalogue's evaluated more often. */
export function whileStarting(builtIn: readonly RuleFile[]): readonly RuleFile[] {
  return builtIn.map((file) => {
    if (file.file !== CATALOGUE_FILE) return file;
    const groups = file.groups.map((group) => ({ ...group, intervalMs: STARTING_INTERVAL_MS }));
    return { ...file, groups };
  });
}

async function mixinFile(parser: ParserOptions): Promise<RuleFile> {
  const options = { parser, nameValidation: 'utf8', ignoreUnknownFields: false } as const;
  const loaded = parseRuleFile(MIXIN_FILE, await readFile(MIXIN), options);
  if (!loaded.ok) throw new RuleFileErrors(loaded.problems);
  return loaded.file;
}

function withoutNames(file: RuleFile, names: ReadonlySet<string>): RuleFile {
  const groups = file.groups
    .map((group) => ({ ...group, rules: group.rules.filter(({ record }) => !names.has(record)) }))
    .filter(({ rules }) => rules.length > 0);
  return { ...file, groups };
}
