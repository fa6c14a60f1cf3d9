/** Our engine with the settings that scripts need. */
import type { SampleSource } from '../../model/source.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { ENGINE_DEFAULTS, type EngineOptions } from '../engine/engine-options.ts';
import type { QueryResult, ResultSeries, ResultValue } from '../engine/query-result.ts';
import type { RangeTimes } from './script.ts';
import {
  type Answer,
  type AnswerPoint,
  type AnswerValue,
  SCRIPT_PARSER_OPTIONS,
  type ScriptEngine,
} from './script-engine.ts';

const SCRIPT_ENGINE_OPTIONS: EngineOptions = {
  ...ENGINE_DEFAULTS,
  lookbackMs: 5 * 60_000,
  samplesMax: 10_000,
  timeoutMs: 100_000,
  defaultSubqueryStepMs: () => 60_000,
  parser: SCRIPT_PARSER_OPTIONS,
  delayedNameRemoval: true,
  startTimestamps: true,
};

export function scriptEngine(): ScriptEngine {
  const engines = new WeakMap<SampleSource, Engine>();
  const engineOn = (source: SampleSource): Engine => {
    const engine = engines.get(source) ?? createEngine(source, SCRIPT_ENGINE_OPTIONS);
    engines.set(source, engine);
    return engine;
  };
  const never = new AbortController().signal;
  return {
    async instant(query: string, timeMs: number, source: SampleSource): Promise<Answer> {
      return toAnswer(await engineOn(source).instant({ expr: query, timeMs }, never));
    },
    async range(query: string, times: RangeTimes, source: SampleSource): Promise<Answer> {
      return toAnswer(await engineOn(source).range({ expr: query, ...times }, never));
    },
  };
}

function toAnswer({ value, warnings, infos }: QueryResult): Answer {
  return { value: toValue(value), warnings, infos };
}

function toValue(value: ResultValue): AnswerValue {
  switch (value.kind) {
    case 'scalar':
      return { type: 'scalar', value: value.value };
    case 'string':
      return { type: 'string', value: value.value };
    case 'vector': {
      const { labels, timeMs: timestampMs, values, histograms } = value;
      const series = labels.map((one, index) => ({
        labels: one,
        points: [{ timestampMs, value: values[index] as number, histogram: histograms?.[index] }],
      }));
      return { type: 'vector', series };
    }
    case 'matrix':
      return {
        type: 'matrix',
        series: value.series.map((one) => ({ labels: one.labels, points: pointsOf(one) })),
      };
  }
}

function pointsOf(series: ResultSeries): readonly AnswerPoint[] {
  const points: AnswerPoint[] = [];
  for (const [index, timestampMs] of series.timestampsMs.entries()) {
    const value = series.values[index] as number;
    points.push({ timestampMs, value, histogram: undefined });
  }
  for (const [index, timestampMs] of series.histogramTimestampsMs.entries()) {
    points.push({ timestampMs, value: Number.NaN, histogram: series.histograms[index] });
  }
  return points.sort((a, b) => a.timestampMs - b.timestampMs);
}
