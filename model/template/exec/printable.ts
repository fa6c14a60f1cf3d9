/** What is printed for a value, by templates themselves and by their escapers. */
import { sprint } from '../format/printer.ts';
import { type GoValue, goString, indirect, type Maybe } from '../value/go-values.ts';

/** The value as printing sees it; undefined for one that cannot be printed. */
export function printableValue(value: Maybe<GoValue>): Maybe<GoValue> {
  const shown = value?.kind === 'pointer' ? indirect(value).value : value;
  if (shown === undefined) return goString('<no value>');
  return shown.kind === 'func' ? undefined : shown;
}

/** All arguments as one text, the way `print` does. */
export function textOfArguments(args: readonly Maybe<GoValue>[]): string {
  return sprint(args.map((arg) => printableValue(arg) ?? arg));
}
