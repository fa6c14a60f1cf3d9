/** Values that an object of the operator keeps in Secrets and ConfigMaps beside it. */
import { field, text } from './document.ts';

export interface KeyReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string;
  /** Whether it may be missing. */
  readonly optional: boolean;
}

/**
 * Gives values to those who turn an object into configuration, and notes what is missing. They
 * run twice: first to learn what is needed, then with the values.
 */
export class KeyValues {
  readonly #values: ReadonlyMap<string, string>;
  readonly #missing = new Map<string, KeyReference>();
  #missCount = 0;

  constructor(values: ReadonlyMap<string, string> = new Map()) {
    this.#values = values;
  }

  /** Those asked for that have no value. */
  get missing(): readonly KeyReference[] {
    return [...this.#missing.values()];
  }

  /** Grows with each value that was asked for, is needed, and is not there. */
  get missCount(): number {
    return this.#missCount;
  }

  /** @param selector `{name, key, optional}`; undefined gives undefined */
  secret(selector: unknown): string | undefined {
    return this.#value('Secret', selector);
  }

  /** @param selector `{secret: {…}}` or `{configMap: {…}}` */
  secretOrConfigMap(selector: unknown): string | undefined {
    const secret = field(selector, 'secret');
    if (secret !== undefined) return this.#value('Secret', secret);
    return this.#value('ConfigMap', field(selector, 'configMap'));
  }

  #value(kind: KeyReference['kind'], selector: unknown): string | undefined {
    const name = text(selector, 'name') ?? '';
    const key = text(selector, 'key') ?? '';
    if (name === '') return undefined;
    const reference = { kind, name, key, optional: field(selector, 'optional') === true };
    const value = this.#values.get(referenceKey(reference));
    if (value === undefined) {
      this.#missing.set(referenceKey(reference), reference);
      if (!reference.optional) this.#missCount++;
    }
    return value;
  }
}

/** Equal for references to the same value. */
export function referenceKey({ kind, name, key }: Omit<KeyReference, 'optional'>): string {
  return `${kind}/${name}/${key}`;
}
