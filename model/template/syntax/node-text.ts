/** Nodes printed back as source, and their places: the `at <…>` of messages. */
import { byteLength } from '../../go-bytes.ts';
import { quoteGo } from '../../labels.ts';
import type { AnyNode, ListNode, PipeNode, Source } from './nodes.ts';

/** What Go prints for a node; texts in quotes, keywords of branches written out. */
export function nodeText(node: AnyNode): string {
  switch (node.kind) {
    case 'text':
      return quoteGo(node.text);
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'pipe':
      return pipeText(node);
    case 'command':
      return node.args
        .map((arg) => (arg.kind === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg)))
        .join(' ');
    case 'identifier':
      return node.name;
    case 'variable':
      return node.path.join('.');
    case 'field':
      return node.path.map((name) => `.${name}`).join('');
    case 'chain': {
      const base = nodeText(node.base);
      const fields = node.path.map((name) => `.${name}`).join('');
      return node.base.kind === 'pipe' ? `(${base})${fields}` : base + fields;
    }
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'string':
      return node.quoted;
    case 'number':
      return node.text;
    case 'list':
      return listText(node);
    case 'if':
    case 'range':
    case 'with': {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${listText(node.elseList)}`;
      return `{{${node.kind} ${nodeText(node.pipe)}}}${listText(node.list)}${otherwise}{{end}}`;
    }
    case 'template': {
      const pipe = node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`;
      return `{{template ${quoteGo(node.name)}${pipe}}}`;
    }
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
  }
}

function pipeText(pipe: PipeNode): string {
  const variables = pipe.declarations.map(nodeText).join(', ');
  const sign = pipe.isAssign ? '=' : ':=';
  const head = variables === '' ? '' : `${variables} ${sign} `;
  return head + pipe.commands.map(nodeText).join(' | ');
}

function listText(list: ListNode): string {
  return list.nodes.map(nodeText).join('');
}

/** `NAME:LINE:COLUMN`; the column counts bytes from 0. */
export function placeOf(node: AnyNode, fallback: Source): string {
  const source = node.source ?? fallback;
  const before = source.text.slice(0, node.at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return `${source.parseName}:${line}:${byteLength(before.slice(lineStart))}`;
}
