/** Finds the silences that may match an alert without trying them all. */
import { matchesAlert } from '../model/alert-matchers/alert-matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Silence } from './silence.ts';

interface Versioned {
  readonly version: number;
  readonly silence: Silence;
}

interface Found {
  readonly version: number;
  readonly ids: readonly string[];
}

const SEPARATOR = '\uffff';

/**
 * Silences stand under one of their equality matchers, if they have one. What was found for an
 * alert is kept: next time only the silences that came since are tried. A silence's matchers
 * never change.
 */
export class SilenceIndex {
  readonly #byPair = new Map<string, Versioned[]>();
  readonly #others: Versioned[] = [];
  readonly #found = new Map<string, Found>();
  #version = 0;

  add(silence: Silence): void {
    this.#version++;
    const list = this.#listOf(silence);
    list.push({ version: this.#version, silence });
  }

  remove(silence: Silence): void {
    const list = this.#listOf(silence);
    const at = list.findIndex((item) => item.silence.id === silence.id);
    if (at >= 0) list.splice(at, 1);
    const key = pairKey(silence);
    if (key !== undefined && list.length === 0) this.#byPair.delete(key);
  }

  /**
   * Ids of silences whose matchers match, whatever their state; some may be gone by now.
   * @param fingerprint of the labels
   */
  matching(fingerprint: string, labels: Labels): readonly string[] {
    const known = this.#found.get(fingerprint);
    if (known?.version === this.#version) return known.ids;
    const sinceVersion = known?.version ?? 0;
    const ids = [...(known?.ids ?? [])];
    scan(this.#others, sinceVersion, labels, ids);
    for (let at = 0; at < labels.pairs.length; at += 2) {
      const key = `${labels.pairs[at]}${SEPARATOR}${labels.pairs[at + 1]}`;
      const list = this.#byPair.get(key);
      if (list !== undefined) scan(list, sinceVersion, labels, ids);
    }
    this.#found.set(fingerprint, { version: this.#version, ids });
    return ids;
  }

  /** Drops what was found for an alert that is no more. */
  forget(fingerprint: string): void {
    this.#found.delete(fingerprint);
  }

  #listOf(silence: Silence): Versioned[] {
    const key = pairKey(silence);
    if (key === undefined) return this.#others;
    const list = this.#byPair.get(key) ?? [];
    this.#byPair.set(key, list);
    return list;
  }
}

function pairKey({ matchers }: Silence): string | undefined {
  const equal = matchers.find(({ type, value }) => type === '=' && value !== '');
  return equal === undefined ? undefined : `${equal.name}${SEPARATOR}${equal.value}`;
}

/** Lists are in order of version, so the new ones are at the end. */
function scan(
  list: readonly Versioned[],
  sinceVersion: number,
  labels: Labels,
  ids: string[],
): void {
  for (let at = list.length - 1; at >= 0; at--) {
    const { version, silence } = list[at] as Versioned;
    if (version <= sinceVersion) return;
    if (matchesAlert(silence.matchers, labels)) ids.push(silence.id);
  }
}
