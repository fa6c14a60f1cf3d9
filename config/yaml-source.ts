/** One YAML file and the places in it. */
import { LineCounter, type Node } from 'yaml';
import type { Place } from '../model/place-error.ts';

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
