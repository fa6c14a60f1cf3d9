/** The body of `POST /silences`. */
import type { MatchType } from '../../model/matcher.ts';
import type { SilenceRequest } from '../../notify/silence.ts';
import { BodyError, CODE, requiredError } from './body-error.ts';
import { asBoolean, asFields, asList, asText, asTexts, asTime, isAbsent } from './read-json.ts';

interface ReadMatcher {
  readonly name: string | undefined;
  readonly value: string | undefined;
  readonly isRegex: boolean | undefined;
  readonly isEqual: boolean;
}

/** @throws BodyError, or what `readJsonBody` takes */
export function readPostedSilence(body: unknown): SilenceRequest & { readonly startsAtMs: number } {
  const struct = 'value of type struct { ID string "json:\\"id,omitempty\\"" }';
  const fields = asFields(body, struct);
  const text = (name: string): string | undefined =>
    asText(fields[name], `struct field Silence.${name} of type string`);
  const id = asText(fields['id'], 'struct field .id of type string') ?? '';
  const annotations = asTexts(fields['annotations'], 'Silence.annotations', 'models.LabelSet');
  const comment = text('comment');
  const createdBy = text('createdBy');
  const endsAtMs = asTime(fields['endsAt']);
  const items = fields['matchers'];
  const matchers = asList(items, 'struct field Silence.matchers of type models.Matchers').map(
    readMatcher,
  );
  const startsAtMs = asTime(fields['startsAt']);
  if (comment === undefined) throw requiredError('comment');
  if (createdBy === undefined) throw requiredError('createdBy');
  if (endsAtMs === undefined) throw requiredError('endsAt');
  if (isAbsent(items)) throw requiredError('matchers');
  if (matchers.length === 0) {
    throw new BodyError(422, CODE.tooFew, 'matchers in body should have at least 1 items');
  }
  const checked = matchers.map(checkMatcher);
  if (startsAtMs === undefined) throw requiredError('startsAt');
  return { id, matchers: checked, startsAtMs, endsAtMs, createdBy, comment, annotations };
}

function readMatcher(item: unknown, at: number): ReadMatcher {
  const fields = asFields(item, `struct field Silence.matchers.${at} of type models.Matcher`);
  const field = (name: string, type: string): string =>
    `struct field Silence.matchers.${at}.${name} of type ${type}`;
  return {
    name: asText(fields['name'], field('name', 'string')),
    value: asText(fields['value'], field('value', 'string')),
    isRegex: asBoolean(fields['isRegex'], field('isRegex', 'bool')),
    isEqual: asBoolean(fields['isEqual'], field('isEqual', 'bool')) ?? true,
  };
}

function checkMatcher(
  { name, value, isRegex, isEqual }: ReadMatcher,
  at: number,
): SilenceRequest['matchers'][number] {
  if (isRegex === undefined) throw requiredError(`matchers.${at}.isRegex`);
  if (name === undefined) throw requiredError(`matchers.${at}.name`);
  if (value === undefined) throw requiredError(`matchers.${at}.value`);
  return { type: matchType(isEqual, isRegex), name, value };
}

function matchType(isEqual: boolean, isRegex: boolean): MatchType {
  if (isRegex) return isEqual ? '=~' : '!~';
  return isEqual ? '=' : '!=';
}
