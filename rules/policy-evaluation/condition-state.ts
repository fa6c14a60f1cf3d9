/** The datapoints and states of all objects of one condition. */
import type { Labels } from '../../model/labels.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import { type MissingTreatment, SEVERITIES, type Severity } from '../policy/alarm-policy.ts';
import type { NativeCondition } from '../policy/native-plan.ts';
import { type Datapoint, isBreaching, judgeDatapoints } from './judge-datapoints.ts';

export type ObjectState = 'ok' | 'firing' | 'no_data';

/** One object: what the value's series has as labels, without a name. */
export interface WatchedObject {
  readonly labels: Labels;
  /** Of the last periods; the place of a period is its number modulo the length. */
  readonly values: Float64Array;
  readonly isThere: Uint8Array;
  /** Number of the last period that had a value. */
  lastPeriod: number;
  /** Of the last value. */
  lastValue: number;
  readonly states: Map<Severity, ObjectState>;
}

const DAY_MS = 86_400_000;

export class ConditionState {
  readonly condition: NativeCondition;
  readonly #treat: MissingTreatment;
  readonly #objects = new Map<string, WatchedObject>();
  readonly #levels: readonly Severity[];
  /** Periods that are kept, for the range and for the way back. */
  readonly keptPeriods: number;
  /** Number of the newest period that is known; undefined before the first. */
  period: number | undefined;

  constructor(condition: NativeCondition, treat: MissingTreatment) {
    this.condition = condition;
    this.#treat = treat;
    const { rangePeriods, recovery } = condition;
    this.keptPeriods = Math.max(rangePeriods, recovery?.consecutive ?? 0);
    this.#levels = SEVERITIES.filter((level) => condition.thresholds[level] !== undefined);
  }

  get objects(): Iterable<WatchedObject> {
    return this.#objects.values();
  }

  /** An object that is known to be there, with or without data. */
  know(labels: Labels): WatchedObject {
    const bare = labels.has(METRIC_NAME) ? labels.withoutName() : labels;
    const known = this.#objects.get(bare.key);
    if (known !== undefined) return known;
    const made: WatchedObject = {
      labels: bare,
      values: new Float64Array(this.keptPeriods),
      isThere: new Uint8Array(this.keptPeriods),
      lastPeriod: this.period ?? 0,
      lastValue: Number.NaN,
      states: new Map(),
    };
    this.#objects.set(bare.key, made);
    return made;
  }

  /** Periods up to this one begin without values, which `put` then gives. */
  advance(period: number): void {
    const { periodMs } = this.condition;
    const kept = this.keptPeriods;
    const from = Math.max((this.period ?? period - kept) + 1, period - kept + 1);
    this.period = period;
    const forgottenBefore = period - Math.max(kept, Math.ceil(DAY_MS / periodMs));
    for (const [key, one] of this.#objects) {
      for (let at = from; at <= period; at++) one.isThere[at % kept] = 0;
      if (one.lastPeriod < forgottenBefore) this.#objects.delete(key);
    }
  }

  put(labels: Labels, period: number, value: number): void {
    const object = this.know(labels);
    const place = period % this.keptPeriods;
    object.values[place] = value;
    object.isThere[place] = 1;
    if (period < object.lastPeriod) return;
    object.lastPeriod = period;
    object.lastValue = value;
  }

  /** @param exists says whether an object is still there */
  forget(exists: (labels: Labels) => boolean): void {
    for (const [key, { labels }] of this.#objects) {
      if (!exists(labels)) this.#objects.delete(key);
    }
  }

  /** Judges all objects by the periods up to the newest. */
  judge(): void {
    for (const object of this.#objects.values()) {
      for (const level of this.#levels) {
        const before = object.states.get(level) ?? 'ok';
        object.states.set(level, this.#stateOf(object, level, before));
      }
    }
  }

  #stateOf(object: WatchedObject, level: Severity, before: ObjectState): ObjectState {
    const { datapoints, operator, thresholds, rangePeriods } = this.condition;
    const threshold = thresholds[level] ?? 0;
    const breaches = (value: number): boolean => isBreaching(value, operator, threshold);
    const points = this.#points(object, rangePeriods, breaches);
    const verdict = judgeDatapoints(points, datapoints, this.#treat);
    if (verdict === 'keep') return before;
    if (verdict === 'ok' && before === 'firing' && !this.#hasRecovered(object)) return 'firing';
    return verdict;
  }

  #points(object: WatchedObject, count: number, breaches: (value: number) => boolean): Datapoint[] {
    const kept = this.keptPeriods;
    const newest = this.period ?? 0;
    const points: Datapoint[] = [];
    for (let period = newest - count + 1; period <= newest; period++) {
      const place = ((period % kept) + kept) % kept;
      if (object.isThere[place] === 0) points.push('missing');
      else points.push(breaches(object.values[place] as number) ? 'breaching' : 'ok');
    }
    return points;
  }

  /** Hysteresis: the last periods with data must lie beyond the other threshold. */
  #hasRecovered(object: WatchedObject): boolean {
    const { recovery, operator } = this.condition;
    if (recovery === undefined) return true;
    const breaches = (value: number): boolean => isBreaching(value, operator, recovery.threshold);
    const points = this.#points(object, this.keptPeriods, breaches).filter(
      (point) => point !== 'missing',
    );
    const last = points.slice(-recovery.consecutive);
    return last.every((point) => point === 'ok');
  }
}
