/** Anchored matching that tells the groups, for rules that refer to them. */
import { compileRegex } from '../../model/matcher.ts';

export interface MatchGroups {
  /** The whole text and its groups (undefined: took no part), or undefined without a match. */
  match(text: string): readonly (string | undefined)[] | undefined;
  readonly groupNumbers: ReadonlyMap<string, number>;
}

const NO_NAMES: ReadonlyMap<string, number> = new Map();

/**
 * @param pattern RE2; matched as a whole, `.` matches newlines
 * @throws RegexError
 */
export function compileGroups(pattern: string): MatchGroups {
  // The default of every rule, and by far the commonest: no engine needed.
  if (pattern === '(.*)') return { match: (text) => [text, text], groupNumbers: NO_NAMES };
  if (pattern === '(.+)') {
    return {
      match: (text) => (text === '' ? undefined : [text, text]),
      groupNumbers: NO_NAMES,
    };
  }
  const regex = compileRegex(`^(?s:${pattern})$`);
  const groupCount = regex.groupCount();
  return {
    match: (text) => {
      const matcher = regex.matcher(text);
      if (!matcher.matches()) return undefined;
      const groups: (string | undefined)[] = [];
      for (let group = 0; group <= groupCount; group++) {
        groups.push(matcher.group(group) ?? undefined);
      }
      return groups;
    },
    groupNumbers: new Map(Object.entries(regex.namedGroups())),
  };
}
