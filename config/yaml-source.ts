/** One YAML file and the places in it. */
import { type Document, LineCounter, type Node, parseDocument } from 'yaml';
import type { Place } from '../model/place-error.ts';
import type { Problems } from './config-errors.ts';

/** A configuration is read in one go on the main thread; what is longer is not written by people. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** What YAML allows, less the tab, line feed and carriage return. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export class YamlSource {
  readonly file: string;
  readonly text: string;
  /** To be given to the parser, which fills it. */
  readonly lines = new LineCounter();

  /** @param file as it is to be shown in errors */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** @param offset in characters from the start of the text */
  placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  placeOf(node: Pick<Node, 'range'>): Place {
    return this.placeAt(node.range?.[0] ?? 0);
  }
}

/**
 * The bytes of a file as text.
 * @returns undefined when they are none; the problem is then added
 */
export function decodeYaml(
  file: string,
  bytes: Uint8Array,
  problems: Problems,
): string | undefined {
  const start = { file, line: 1, column: 1 };
  if (bytes.length > FILE_BYTES_MAX) {
    problems.add(start, `file longer than ${FILE_BYTES_MAX} bytes`, 'split it');
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (cause) {
    problems.add(
      start,
      'yaml: invalid leading UTF-8 octet',
      'the file is not UTF-8 text: is it the right file?',
      { cause },
    );
    return undefined;
  }
}

/**
 * Reads the syntax; what the scalars mean is left to yaml-scalar.ts.
 * @returns undefined when the text is no YAML; its problems are then added
 */
export function parseYaml(source: YamlSource, problems: Problems): Document.Parsed | undefined {
  const control = CONTROL.exec(source.text);
  if (control !== null) {
    const before = source.text.slice(0, control.index).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    problems.add(
      { file: source.file, line: before.length, column },
      'yaml: control characters are not allowed',
      'the file is not YAML text: is it the right file?',
    );
    return undefined;
  }
  const document = parseDocument(source.text, {
    lineCounter: source.lines,
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // Prometheus reads the first document and ignores what follows.
  const errors = document.errors.filter((error) => error.code !== 'MULTIPLE_DOCS');
  for (const error of errors) {
    const tooDeep = error.message.startsWith('Maximum call stack');
    problems.add(
      source.placeAt(error.pos[0]),
      tooDeep ? 'yaml: nested too deeply' : `yaml: ${error.message}`,
      syntaxFix(error.code),
    );
    if (tooDeep) break;
  }
  return errors.length > 0 ? undefined : document;
}

function syntaxFix(code: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with spaces';
    case 'BAD_INDENT':
      return 'align it with the lines around it';
    case 'MISSING_CHAR':
      return 'close what is open';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'quote a value that has a colon in it';
    case 'BAD_SCALAR_START':
      return 'quote the value';
    default:
      return '';
  }
}
