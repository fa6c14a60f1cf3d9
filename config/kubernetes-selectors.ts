/**
 * Kubernetes' label and field selectors: whether a text is one, with the words of its own parsers
 * (k8s.io/apimachinery, `labels.Parse` and `fields.ParseSelector`).
 */

/** Longest label name and value, as Kubernetes has them. */
const LABEL_LENGTH_MAX = 63;
const LABEL_PREFIX_LENGTH_MAX = 253;

const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const TOKEN = /\s*(==|!=|=|>|<|!|,|\(|\)|[^\s=!,()<>]+)/y;

/** @returns what is wrong with it, or undefined */
export function findFieldSelectorProblem(selector: string): string | undefined {
  for (const term of splitUnescaped(selector)) {
    if (term === '') continue;
    const match = /^((?:\\.|[^\\=!])*)(!=|==|=)/s.exec(term);
    if (match === null) return `invalid selector: '${selector}'; can't understand '${term}'`;
    const value = term.slice(match[0].length);
    const badEscape = /\\(?![\\,=])/.exec(value.replaceAll(/\\[\\,=]/g, ''));
    if (badEscape !== null) return `invalid field selector: invalid escape sequence: ${value}`;
    const bare = /(?:^|[^\\])(?:\\\\)*=/.exec(value);
    if (bare !== null) return `invalid field selector: unescaped character in value: =`;
  }
  return undefined;
}

/** Parts between commas that have no backslash before them. */
function splitUnescaped(text: string): readonly string[] {
  return text.match(/(?:\\.|[^\\,]|\\$)+/gs) ?? [];
}

/** @returns what is wrong with it, or undefined */
export function findLabelSelectorProblem(selector: string): string | undefined {
  const tokens = tokenize(selector);
  if (tokens.length === 0) return undefined;
  let at = 0;
  const take = (): string => tokens[at++] ?? '';
  for (;;) {
    const negated = tokens[at] === '!';
    if (negated) at++;
    const problem = checkRequirement(take, () => tokens[at] ?? '', negated);
    if (problem !== undefined) return `unable to parse requirement: ${problem}`;
    const separator = take();
    if (separator === '') return undefined;
    if (separator !== ',') return `found '${separator}', expected: ',' or 'end of string'`;
    if (tokens[at] === undefined) {
      return "unable to parse requirement: found '', expected: identifier after ','";
    }
  }
}

function tokenize(text: string): readonly string[] {
  return [...text.trimEnd().matchAll(new RegExp(TOKEN.source, 'gy'))].map(
    (match) => match[1] ?? '',
  );
}

function checkRequirement(
  take: () => string,
  peek: () => string,
  negated: boolean,
): string | undefined {
  const key = take();
  if (!isIdentifier(key)) return `found '${key}', expected: !, identifier, or 'end of string'`;
  const badKey = findKeyProblem(key);
  if (badKey !== undefined || negated) return badKey;
  const operator = peek();
  if (operator === '' || operator === ',') return undefined;
  take();
  switch (operator) {
    case '=':
    case '==':
    case '!=':
      return peek() === '' || peek() === ',' ? undefined : findValueProblem(key, take());
    case '>':
    case '<': {
      const value = take();
      return /^[-+]?\d+$/.test(value)
        ? undefined
        : `values[0][${key}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`;
    }
    case 'in':
    case 'notin':
      return checkValues(key, take);
    default:
      return `found '${operator}', expected: in, notin, =, ==, !=, gt, lt`;
  }
}

function checkValues(key: string, take: () => string): string | undefined {
  const open = take();
  if (open !== '(') return `found '${open}' expected: '('`;
  for (let token = take(); ; token = take()) {
    if (token === ')') return undefined;
    if (token === ',') continue;
    if (!isIdentifier(token)) return `found '${token}', expected: ',', ')' or identifier`;
    const problem = findValueProblem(key, token);
    if (problem !== undefined) return problem;
  }
}

function isIdentifier(token: string): boolean {
  return token !== '' && !/^[=!,()<>]/.test(token);
}

function findKeyProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const badPrefix =
    prefix !== undefined && (prefix.length > LABEL_PREFIX_LENGTH_MAX || !LABEL_PREFIX.test(prefix));
  if (!badPrefix && name.length <= LABEL_LENGTH_MAX && LABEL_NAME.test(name)) return undefined;
  return `key: Invalid value: "${key}": a label name has letters, digits, '-', '_' and '.', and begins and ends with a letter or digit`;
}

function findValueProblem(key: string, value: string): string | undefined {
  if (value === '' || (value.length <= LABEL_LENGTH_MAX && LABEL_NAME.test(value))) {
    return undefined;
  }
  return `values[0][${key}]: Invalid value: "${value}": a valid label value has letters, digits, '-', '_' and '.', and begins and ends with a letter or digit`;
}
