/** All silences: made, changed, ended, forgotten. */
import { randomUUID } from 'node:crypto';
import type { AlertMatcher } from '../model/alert-matchers/alert-matcher.ts';
import type { Labels } from '../model/labels.ts';
import {
  checkSilence,
  type Silence,
  SilenceError,
  type SilenceRequest,
  silenceState,
} from './silence.ts';
import { SilenceIndex } from './silence-index.ts';

export interface SilencesOptions {
  readonly nowMs: () => number;
  /** How long a silence is kept after its end. */
  readonly retentionMs: number;
  /** Expired ones count; 0: no limit. */
  readonly silencesMax: number;
  /** Told of each silence that is new, other, or gone. */
  readonly changed: (id: string) => void;
  readonly newId?: () => string;
}

export class Silences {
  readonly #options: SilencesOptions;
  readonly #byId = new Map<string, Silence>();
  readonly #index = new SilenceIndex();

  constructor(options: SilencesOptions) {
    this.#options = options;
  }

  restore(silences: Iterable<Silence>): void {
    for (const silence of silences) {
      this.#byId.set(silence.id, silence);
      this.#index.add(silence);
    }
  }

  get(id: string): Silence | undefined {
    return this.#byId.get(id);
  }

  all(): readonly Silence[] {
    return [...this.#byId.values()];
  }

  /**
   * Makes a silence or changes one. A change that would rewrite what was true until now ends the
   * old silence and makes another.
   * @returns the silence, whose id tells which of the two it was
   * @throws SilenceError
   */
  set(request: SilenceRequest): Silence {
    const nowMs = this.#options.nowMs();
    const startsAtMs = request.startsAtMs ?? nowMs;
    const matchers = checkSilence(request, startsAtMs);
    const old = this.#byId.get(request.id);
    if (request.id !== '' && old === undefined) throw notFound();
    const silence: Silence = {
      id: request.id,
      matchers,
      startsAtMs,
      endsAtMs: request.endsAtMs,
      updatedAtMs: nowMs,
      createdBy: request.createdBy,
      comment: request.comment,
      annotations: request.annotations ?? {},
    };
    if (old !== undefined && canChange(old, silence, nowMs)) {
      return this.#put({ ...silence, matchers: old.matchers });
    }
    this.#checkLimit();
    if (old !== undefined) this.expire(old.id);
    const id = (this.#options.newId ?? randomUUID)();
    const made = this.#put({ ...silence, id, startsAtMs: Math.max(startsAtMs, nowMs) });
    this.#index.add(made);
    return made;
  }

  /**
   * Ends a silence now; one that has ended stays as it is.
   * @throws SilenceError
   */
  expire(id: string): void {
    const silence = this.#byId.get(id);
    if (silence === undefined) throw notFound();
    const nowMs = this.#options.nowMs();
    const state = silenceState(silence, nowMs);
    if (state === 'expired') return;
    const startsAtMs = state === 'pending' ? nowMs : silence.startsAtMs;
    this.#put({ ...silence, startsAtMs, endsAtMs: nowMs, updatedAtMs: nowMs });
  }

  /** Ids of the silences that keep an alert silent at the time. */
  silencedBy(fingerprint: string, labels: Labels, nowMs: number): readonly string[] {
    if (this.#byId.size === 0) return [];
    return this.#index.matching(fingerprint, labels).filter((id) => {
      const silence = this.#byId.get(id);
      return silence !== undefined && silenceState(silence, nowMs) === 'active';
    });
  }

  /** An alert is no more. */
  forgetAlert(fingerprint: string): void {
    this.#index.forget(fingerprint);
  }

  /** Forgets silences that ended long ago. */
  collect(nowMs: number): void {
    for (const silence of this.#byId.values()) {
      if (silence.endsAtMs + this.#options.retentionMs > nowMs) continue;
      this.#byId.delete(silence.id);
      this.#index.remove(silence);
      this.#options.changed(silence.id);
    }
  }

  #put(silence: Silence): Silence {
    this.#byId.set(silence.id, silence);
    this.#options.changed(silence.id);
    return silence;
  }

  #checkLimit(): void {
    const max = this.#options.silencesMax;
    const count = this.#byId.size;
    if (max <= 0 || count < max) return;
    const text = `exceeded maximum number of silences: ${count} (limit: ${max})`;
    throw new SilenceError('limit', text);
  }
}

const SECOND_MS = 1000;

/** Changing `old` in place does not change whom it kept silent until now. */
function canChange(old: Silence, next: Silence, nowMs: number): boolean {
  if (!areEqual(old.matchers, next.matchers)) return false;
  switch (silenceState(old, nowMs)) {
    case 'active':
      return seconds(old.startsAtMs) === seconds(next.startsAtMs) && next.endsAtMs >= nowMs;
    case 'pending':
      return next.startsAtMs >= nowMs;
    case 'expired':
      return false;
  }
}

function seconds(timeMs: number): number {
  return Math.floor(timeMs / SECOND_MS);
}

function areEqual(a: readonly AlertMatcher[], b: readonly AlertMatcher[]): boolean {
  return a.length === b.length && a.every((matcher, at) => b[at]?.equals(matcher) === true);
}

function notFound(): SilenceError {
  return new SilenceError('not found', 'silence not found');
}
