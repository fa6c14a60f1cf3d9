/** Relabelling: rules that rewrite or drop label sets, by the semantics of Prometheus. */
import type { RelabelConfig } from '../../config/types.ts';
import type { Labels } from '../../model/labels.ts';
import { LabelBuilder } from './label-builder.ts';
import { compileStep, type RelabelStep } from './relabel-step.ts';

/** `droppedBy` is the place of the rule that dropped the set, undefined when it was kept. */
export type RelabelResult =
  | { readonly labels: Labels; readonly droppedBy: undefined }
  | { readonly labels: undefined; readonly droppedBy: number };

/** A list of relabel rules, compiled once and applied in order. */
export class Relabeler {
  readonly #steps: readonly RelabelStep[];

  /** @throws RegexError for an expression RE2 refuses; a checked configuration has none */
  constructor(configs: readonly RelabelConfig[]) {
    this.#steps = configs.map(compileStep);
  }

  apply(labels: Labels): RelabelResult {
    if (this.#steps.length === 0) return { labels, droppedBy: undefined };
    const builder = new LabelBuilder(labels);
    const droppedBy = this.applyTo(builder);
    return droppedBy === undefined
      ? { labels: builder.labels(), droppedBy }
      : { labels: undefined, droppedBy };
  }

  /** @returns place of the rule that dropped the set, whose labels then mean nothing */
  applyTo(builder: LabelBuilder): number | undefined {
    const dropping = this.#steps.findIndex((step) => !step(builder));
    return dropping < 0 ? undefined : dropping;
  }
}
