/** Which target groups were built of which objects, so that a change rebuilds no others. */

const NONE: ReadonlySet<string> = new Set();

export class DependencyIndex {
  /** Group → the objects it was built of. */
  readonly #dependencies = new Map<string, ReadonlySet<string>>();
  /** Object → groups that were built of it. */
  readonly #dependents = new Map<string, Set<string>>();

  /** Takes the place of what the group depended on before. */
  set(group: string, dependencies: ReadonlySet<string>): void {
    const before = this.#dependencies.get(group) ?? NONE;
    for (const object of before) {
      if (!dependencies.has(object)) this.#forget(group, object);
    }
    for (const object of dependencies) {
      if (before.has(object)) continue;
      const groups = this.#dependents.get(object);
      if (groups === undefined) this.#dependents.set(object, new Set([group]));
      else groups.add(group);
    }
    if (dependencies.size === 0) this.#dependencies.delete(group);
    else this.#dependencies.set(group, dependencies);
  }

  /** Groups to build anew when the object changed. */
  dependents(object: string): Iterable<string> {
    return this.#dependents.get(object) ?? NONE;
  }

  /** The objects that the group was built of. */
  dependencies(group: string): Iterable<string> {
    return this.#dependencies.get(group) ?? NONE;
  }

  #forget(group: string, object: string): void {
    const groups = this.#dependents.get(object);
    groups?.delete(group);
    if (groups?.size === 0) this.#dependents.delete(object);
  }
}
