/** Warnings and infos that come with an answer, with the texts of Prometheus' `annotations`. */
import type { PositionRange } from '../ast.ts';
import { placeOf } from '../parser/parse-error.ts';

export interface Annotation {
  readonly level: 'warning' | 'info';
  /** Equal texts at different places are one annotation; the last place is named. */
  readonly text: string;
  readonly pos: PositionRange;
  /** What is said between text and place when all occurrences are known. */
  readonly detail?: AnnotationDetail;
}

export interface AnnotationDetail {
  /** Takes the occurrence seen before into account. */
  merge(earlier: AnnotationDetail): AnnotationDetail;
  text(): string;
}

/** The annotations of one query. */
export class Annotations {
  readonly #byText = new Map<string, Annotation>();

  add(annotation: Annotation): void {
    const earlier = this.#byText.get(annotation.text);
    if (earlier?.detail === undefined || annotation.detail === undefined) {
      this.#byText.set(annotation.text, annotation);
      return;
    }
    const detail = annotation.detail.merge(earlier.detail);
    this.#byText.set(annotation.text, { ...annotation, detail });
  }

  /** @param query the text that positions count in; '' when there is none */
  texts(query: string): { warnings: string[]; infos: string[] } {
    const warnings: string[] = [];
    const infos: string[] = [];
    for (const { level, text, pos, detail } of this.#byText.values()) {
      const place = query === '' ? '' : ` (${placeOf(query, pos.start)})`;
      const line = `PromQL ${level}: ${text}${detail?.text() ?? ''}${place}`;
      (level === 'warning' ? warnings : infos).push(line);
    }
    return { warnings, infos };
  }
}
