/** All alarm policies: those that people made, and those shipped where nobody changed them. */
import { randomBytes } from 'node:crypto';
import type { DocumentStore, StoredDocument } from '../../model/documents.ts';
import type { Logger } from '../../model/logger.ts';
import type { RuleFile } from '../file/rule-file.ts';
import { type AlarmPolicy, PolicyErrors, type PolicyProblem } from './alarm-policy.ts';
import { type CompiledPolicy, type CompileOptions, compilePolicy } from './compile-policy.ts';
import { readPolicy } from './read-policy.ts';
import { writePolicy } from './write-policy.ts';

/** Under which policies are kept. */
const KIND = 'alarm-policy';
const POLICIES_MAX = 5000;

export interface KnownPolicy {
  readonly policy: AlarmPolicy;
  /** Of the stored document; 0: as shipped. */
  readonly revision: number;
  /** Unix milliseconds; 0: as shipped. */
  readonly updatedMs: number;
}

export interface RegistryOptions {
  readonly documents: DocumentStore;
  readonly compile: CompileOptions;
  /** Shipped ones. */
  readonly presets: readonly AlarmPolicy[];
  readonly logger: Logger;
  /** Policies are other ones now. */
  readonly changed: () => void;
}

/** A change that cannot be made because of what is there. */
export class PolicyStateError extends Error {
  override readonly name = 'PolicyStateError';
  readonly kind: 'not found' | 'conflict';

  constructor(kind: PolicyStateError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export class PolicyRegistry {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** By name. */
  list(): readonly KnownPolicy[] {
    const stored = this.#options.documents.list(KIND).flatMap((document) => {
      const known = this.#read(document);
      return known === undefined ? [] : [known];
    });
    const ids = new Set(stored.map(({ policy }) => policy.id));
    const shipped = this.#options.presets
      .filter(({ id }) => !ids.has(id))
      .map((policy) => ({ policy, revision: 0, updatedMs: 0 }));
    return [...stored, ...shipped].sort((a, b) => a.policy.name.localeCompare(b.policy.name));
  }

  /** @throws PolicyStateError */
  get(id: string): KnownPolicy {
    const document = this.#options.documents.get(KIND, id);
    const known = document === undefined ? this.#preset(id) : this.#read(document);
    if (known !== undefined) return known;
    throw new PolicyStateError('not found', `there is no alarm policy ${JSON.stringify(id)}`);
  }

  compile(policy: AlarmPolicy): CompiledPolicy {
    return compilePolicy(policy, this.#options.compile);
  }

  /** Those that are enabled, as groups of rules. */
  files(): readonly RuleFile[] {
    return this.enabled().map((policy) => this.compile(policy).file);
  }

  enabled(): readonly AlarmPolicy[] {
    return this.list().flatMap(({ policy }) => (policy.enabled ? [policy] : []));
  }

  /** @throws PolicyErrors */
  read(tree: unknown, id?: string): AlarmPolicy {
    const read = readPolicy(tree, this.#options.compile.parser, () => id ?? newId());
    if (!read.ok) throw new PolicyErrors(read.problems);
    return read.policy;
  }

  /** @throws PolicyErrors, PolicyStateError, DocumentConflictError, StoreUnavailableError */
  async create(tree: unknown, author: string): Promise<KnownPolicy> {
    const policy = { ...this.read(tree), preset: false };
    if (this.#find(policy.id) !== undefined) {
      throw new PolicyStateError('conflict', `there is an alarm policy ${policy.id} already`);
    }
    if (this.list().length >= POLICIES_MAX) {
      throw new PolicyStateError('conflict', `there are ${POLICIES_MAX} alarm policies already`);
    }
    return this.#save(policy, author, 0);
  }

  /**
   * @param expectedRevision that the change was made from; undefined: any
   * @throws PolicyErrors, PolicyStateError, DocumentConflictError, StoreUnavailableError
   */
  async replace(
    id: string,
    tree: unknown,
    author: string,
    expectedRevision: number | undefined,
  ): Promise<KnownPolicy> {
    const before = this.get(id);
    const policy = this.read(tree, id);
    if (policy.id !== id) {
      const problem = `is ${JSON.stringify(policy.id)}, not ${JSON.stringify(id)}`;
      throw new PolicyErrors([{ path: 'metadata.id', problem, fix: 'ids never change' }]);
    }
    return this.#save({ ...policy, preset: before.policy.preset }, author, expectedRevision);
  }

  /** @throws PolicyStateError, DocumentConflictError, StoreUnavailableError */
  async setEnabled(id: string, enabled: boolean, author: string): Promise<KnownPolicy> {
    const { policy, revision } = this.get(id);
    if (policy.enabled === enabled) return this.get(id);
    return this.#save({ ...policy, enabled }, author, revision);
  }

  /** A copy that is not enabled. @throws PolicyStateError, StoreUnavailableError */
  async copy(id: string, author: string): Promise<KnownPolicy> {
    const { policy } = this.get(id);
    const names = new Set(this.list().map((one) => one.policy.name));
    let name = `${policy.name} (copy)`;
    for (let at = 2; names.has(name); at++) name = `${policy.name} (copy ${at})`;
    const copied = { ...policy, id: newId(), name, enabled: false, preset: false };
    return this.#save(copied, author, 0);
  }

  /**
   * Deletes a policy, or takes back what was changed in a shipped one.
   * @throws PolicyStateError, DocumentConflictError, StoreUnavailableError
   */
  async delete(id: string, author: string, expectedRevision: number | undefined): Promise<void> {
    const { revision } = this.get(id);
    if (revision === 0) {
      const fix = 'disable it, or change it';
      throw new PolicyStateError('conflict', `${id} is shipped with the program: ${fix}`);
    }
    await this.#options.documents.delete({ kind: KIND, id }, author, expectedRevision);
    this.#options.changed();
  }

  #find(id: string): KnownPolicy | undefined {
    const document = this.#options.documents.get(KIND, id);
    return document === undefined ? this.#preset(id) : this.#read(document);
  }

  #preset(id: string): KnownPolicy | undefined {
    const policy = this.#options.presets.find((one) => one.id === id);
    return policy === undefined ? undefined : { policy, revision: 0, updatedMs: 0 };
  }

  /** A policy of another version of the program may be none any more: it is left out, not lost. */
  #read({ id, json, version, updatedMs }: StoredDocument): KnownPolicy | undefined {
    const read = readPolicy(JSON.parse(json), this.#options.compile.parser, () => id);
    if (read.ok) return { policy: read.policy, revision: version, updatedMs };
    const [first] = read.problems;
    this.#options.logger.error('an alarm policy cannot be read', { id, problem: first?.problem });
    return undefined;
  }

  async #save(
    policy: AlarmPolicy,
    author: string,
    expectedVersion: number | undefined,
  ): Promise<KnownPolicy> {
    const problem = this.#nameProblem(policy);
    if (problem !== undefined) throw new PolicyErrors([problem]);
    // What does not compile is not kept.
    this.compile(policy);
    const saved = await this.#options.documents.put({
      kind: KIND,
      id: policy.id,
      json: JSON.stringify(writePolicy(policy)),
      author,
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    });
    this.#options.changed();
    return { policy, revision: saved.version, updatedMs: saved.updatedMs };
  }

  #nameProblem({ id, name }: AlarmPolicy): PolicyProblem | undefined {
    const other = this.list().find(({ policy }) => policy.name === name && policy.id !== id);
    if (other === undefined) return undefined;
    const problem = `${JSON.stringify(name)} is the name of ${other.policy.id}`;
    return { path: 'metadata.name', problem, fix: 'take another name' };
  }
}

function newId(): string {
  return `pol_${randomBytes(6).toString('hex')}`;
}
