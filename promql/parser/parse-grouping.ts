/** Label lists: `(job, "my.label")` after `by`, `on`, `group_left` and their like. */
import { quoteGo } from '../../model/labels.ts';
import { unquote } from './go-text.ts';
import { LABEL_NAME_TYPES } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const OPEN = { name: 'grouping opts', expected: '"("' };
const LABEL = { name: 'grouping opts', expected: 'label' };
const SEPARATOR = { name: 'grouping opts', expected: '"," or ")"' };

export function parseGrouping(stream: TokenStream): string[] {
  if (stream.accept('(') === undefined) stream.fail(OPEN);
  const labels: string[] = [];
  while (stream.accept(')') === undefined) {
    labels.push(parseLabelName(stream));
    if (stream.peek().type === ')') continue;
    if (stream.accept(',') === undefined) stream.fail(SEPARATOR);
  }
  return labels;
}

function parseLabelName(stream: TokenStream): string {
  const { type } = stream.peek();
  if (type !== 'string' && !LABEL_NAME_TYPES.has(type)) stream.fail(LABEL);
  const token = stream.next();
  const name = type === 'string' ? unquote(token.text) : token.text;
  if (name === '' || !name.isWellFormed()) {
    stream.add(token, `invalid label name for grouping: ${quoteGo(name)}`);
  }
  return name;
}
