import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { Logger } from '../../model/logger.ts';
import type { SeriesLimitError } from '../../model/sink.ts';
import type { TableProblems } from './object-table.ts';

/** Gathers what goes wrong with single objects, and logs it once a cycle. */
export class StateProblems implements TableProblems {
  readonly #logger: Logger;
  readonly #cluster: string;
  #refusedCount = 0;
  #refusal: SeriesLimitError | undefined;
  #failedCount = 0;
  #failure: Readonly<Record<string, unknown>> | undefined;

  constructor(logger: Logger, cluster: string) {
    this.#logger = logger;
    this.#cluster = cluster;
  }

  refused(error: SeriesLimitError): void {
    this.#refusedCount++;
    this.#refusal ??= error;
  }

  failed(family: string, { metadata }: KubernetesObject, error: unknown): void {
    this.#failedCount++;
    this.#failure ??= { family, namespace: metadata.namespace, name: metadata.name, error };
  }

  report(): void {
    const cluster = this.#cluster;
    if (this.#refusal !== undefined) {
      const count = this.#refusedCount;
      this.#logger.warn('series of objects were refused', { cluster, count, error: this.#refusal });
    }
    if (this.#failure !== undefined) {
      const count = this.#failedCount;
      this.#logger.warn('objects that make no series', { cluster, count, ...this.#failure });
    }
    this.#refusedCount = 0;
    this.#refusal = undefined;
    this.#failedCount = 0;
    this.#failure = undefined;
  }
}
