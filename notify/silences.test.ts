import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertFingerprint } from '../model/alert-fingerprint.ts';
import { matchesAlert } from '../model/alert-matchers/alert-matcher.ts';
import { Labels } from '../model/labels.ts';
import type { MatchType } from '../model/matcher.ts';
import { SilenceError, type SilenceRequest, silenceState } from './silence.ts';
import { Silences } from './silences.ts';

const HOUR_MS = 3_600_000;

class Fixture {
  nowMs = 1_000_000;
  readonly changed: string[] = [];
  readonly silences: Silences;
  #count = 0;

  constructor(silencesMax = 0) {
    this.silences = new Silences({
      nowMs: () => this.nowMs,
      retentionMs: 120 * HOUR_MS,
      silencesMax,
      changed: (id) => this.changed.push(id),
      newId: () => `s${++this.#count}`,
    });
  }

  request(more: Partial<SilenceRequest> = {}): SilenceRequest {
    return {
      id: '',
      matchers: [{ type: '=', name: 'a', value: 'b' }],
      startsAtMs: this.nowMs,
      endsAtMs: this.nowMs + HOUR_MS,
      createdBy: 'me',
      comment: 'why',
      ...more,
    };
  }

  mutes(record: Readonly<Record<string, string>>): readonly string[] {
    const labels = Labels.fromRecord(record);
    return this.silences.silencedBy(alertFingerprint(labels), labels, this.nowMs);
  }
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SilenceError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('a silence', () => {
  test('that would begin in the past begins now', () => {
    const f = new Fixture();
    const made = f.silences.set(f.request({ startsAtMs: 5 }));
    expect(made).toMatchObject({ id: 's1', startsAtMs: f.nowMs, updatedAtMs: f.nowMs });
  });

  test('is pending, active, expired: its end is no part of it', () => {
    const span = { startsAtMs: 10, endsAtMs: 20 };
    expect([9, 10, 19, 20].map((at) => silenceState(span, at))).toEqual([
      'pending',
      'active',
      'active',
      'expired',
    ]);
  });

  test('counts from its start to its end', () => {
    const f = new Fixture();
    f.silences.set(f.request({ startsAtMs: f.nowMs + 10, endsAtMs: f.nowMs + 20 }));
    const times = [0, 10, 10, 1].map((stepMs) => {
      f.nowMs += stepMs;
      return f.mutes({ a: 'b' }).length;
    });
    expect(times).toEqual([0, 1, 0, 0]);
  });

  test('that is active keeps its id when its end or comment changes', () => {
    const f = new Fixture();
    const { id, startsAtMs } = f.silences.set(f.request());
    f.nowMs += 5000;
    const changed = f.silences.set(f.request({ id, startsAtMs, comment: 'other' }));
    expect(changed).toMatchObject({ id, comment: 'other', updatedAtMs: f.nowMs });
    expect(f.silences.all()).toHaveLength(1);
  });

  test('that is given other matchers or another start ends, and a new one begins', () => {
    for (const more of [
      { matchers: [{ type: '=' as const, name: 'a', value: 'c' }] },
      { startsAtMs: 1_002_000 },
    ]) {
      const f = new Fixture();
      const { id, startsAtMs } = f.silences.set(f.request());
      f.nowMs += 5000;
      const next = f.silences.set(f.request({ id, startsAtMs, ...more }));
      expect(next.id).toBe('s2');
      expect(f.silences.get(id)?.endsAtMs).toBe(f.nowMs);
    }
  });

  test('that has expired is not revived: it gets a successor', () => {
    const f = new Fixture();
    const { id, startsAtMs } = f.silences.set(f.request());
    f.silences.expire(id);
    expect(f.silences.set(f.request({ id, startsAtMs })).id).toBe('s2');
  });

  test('that is pending ends without having begun', () => {
    const f = new Fixture();
    const { id } = f.silences.set(f.request({ startsAtMs: f.nowMs + HOUR_MS / 2 }));
    f.silences.expire(id);
    expect(f.silences.get(id)).toMatchObject({ startsAtMs: f.nowMs, endsAtMs: f.nowMs });
    f.silences.expire(id);
  });

  test('is forgotten when its retention is over, and its place is free', () => {
    const f = new Fixture(1);
    const { id } = f.silences.set(f.request());
    f.silences.expire(id);
    expect(refusal(() => f.silences.set(f.request()))).toBe(
      'limit: exceeded maximum number of silences: 1 (limit: 1)',
    );
    f.nowMs += 120 * HOUR_MS;
    f.silences.collect(f.nowMs);
    expect(f.silences.get(id)).toBeUndefined();
    expect(f.silences.set(f.request()).id).toBe('s2');
    expect(f.mutes({ a: 'b' })).toEqual(['s2']);
  });

  test('that cannot be is refused in Alertmanager’s words', () => {
    const f = new Fixture();
    const set = (more: Partial<SilenceRequest>) => refusal(() => f.silences.set(f.request(more)));
    expect(set({ id: 'nope' })).toBe('not found: silence not found');
    expect(refusal(() => f.silences.expire('nope'))).toBe('not found: silence not found');
    expect(set({ matchers: [] })).toBe('invalid: invalid silence: matcher set 0 is empty');
    expect(set({ matchers: [{ type: '=~', name: 'a', value: '.*' }] })).toBe(
      'invalid: invalid silence: matcher set 0: at least one matcher must not match the empty string',
    );
    expect(set({ matchers: [{ type: '=~', name: 'a', value: '(' }] })).toMatch(
      /^invalid: invalid silence: invalid label matcher 0 in set 0: invalid regular expression "\(": error parsing regexp: missing closing \)/,
    );
    expect(set({ matchers: [{ type: '=', name: '', value: 'x' }] })).toBe(
      'invalid: invalid silence: invalid label matcher 0 in set 0: invalid label name ""',
    );
    expect(set({ endsAtMs: 1 })).toBe(
      'invalid: invalid silence: end time must not be before start time',
    );
  });
});

describe('finding silences', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('', 'x', 'y');
  const matcher = fc.record({
    type: fc.constantFrom<MatchType>('=', '!=', '=~', '!~'),
    name,
    value: fc.constantFrom('', 'x', 'y', 'x|y', '.+'),
  });
  const step = fc.oneof(
    fc.record({ add: fc.array(matcher, { minLength: 1, maxLength: 3 }) }),
    fc.record({ expire: fc.nat(20) }),
    fc.record({ ask: fc.dictionary(name, value) }),
    fc.record({ forget: fc.dictionary(name, value) }),
  );

  test('comes to what trying every silence comes to, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const f = new Fixture();
        for (const each of steps) {
          f.nowMs++;
          if ('add' in each) {
            refusal(() => f.silences.set(f.request({ matchers: each.add, endsAtMs: f.nowMs + 9 })));
          } else if ('expire' in each) {
            refusal(() => f.silences.expire(`s${each.expire}`));
          } else if ('forget' in each) {
            f.silences.forgetAlert(alertFingerprint(Labels.fromRecord(each.forget)));
          } else {
            const labels = Labels.fromRecord(each.ask);
            const expected = f.silences.all().filter((silence) => {
              const isActive = silenceState(silence, f.nowMs) === 'active';
              return isActive && matchesAlert(silence.matchers, labels);
            });
            expect([...f.mutes(each.ask)].sort()).toEqual(expected.map(({ id }) => id).sort());
          }
        }
      }),
    );
  });
});
