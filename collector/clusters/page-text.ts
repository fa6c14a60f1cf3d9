/** Writes pages in Prometheus' text format. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type LabelPairs = readonly (readonly [name: string, value: string])[];

/** Rows by family, in the order in which families came first; a row that is there already is left out. */
export class PageText {
  readonly #families = new Map<
    string,
    { readonly type: string; readonly rows: Map<string, number> }
  >();

  add(
    type: 'gauge' | 'counter',
    name: string,
    labels: LabelPairs,
    value: number | undefined,
  ): void {
    if (value === undefined) return;
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { type, rows: new Map() };
      this.#families.set(name, family);
    }
    const key = labels.map(([label, text]) => `${label}="${escaped(text)}"`).join(',');
    if (!family.rows.has(key)) family.rows.set(key, value);
  }

  page(): { readonly body: Uint8Array; readonly contentType: string } {
    const lines: string[] = [];
    for (const [name, { type, rows }] of this.#families) {
      lines.push(`# TYPE ${name} ${type}`);
      for (const [labels, value] of rows) lines.push(`${name}{${labels}} ${value}`);
    }
    lines.push('');
    return { body: Buffer.from(lines.join('\n')), contentType: CONTENT_TYPE };
  }
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}
