/** `load <step>` and `load_with_nhcb <step>`. */
import { parseDurationMs } from '../../model/duration.ts';
import { customHistogramSeries } from './classic-to-native.ts';
import type { ScriptLine } from './parse-script.ts';
import { type LoadCommand, ScriptError, type ScriptSample, type ScriptSeries } from './script.ts';
import { parseSequence, type Sequence } from './series-notation.ts';
import { parseStartOffsetsMs, splitStartTimestampLine } from './start-timestamps.ts';

const HEAD = /^load(?:_(with_nhcb))?\s+(.+?)$/;

/** @throws ScriptError */
export function parseLoad(head: ScriptLine, body: readonly ScriptLine[]): LoadCommand {
  const match = HEAD.exec(head.text);
  if (match === null) {
    throw new ScriptError(head.number, 'invalid load command. (load[_with_nhcb] <step:duration>)');
  }
  const stepMs = within(head, () => parseDurationMs(match[2] as string));
  const byKey = new Map<string, ScriptSeries>();
  let starts: PendingStarts | undefined;
  for (const line of body) {
    const startLine = splitStartTimestampLine(line.text);
    if (startLine !== undefined) {
      if (starts !== undefined) throw unused(starts.line);
      const { labels } = within(line, () => parseSequence(`${startLine.metric} _`));
      const offsetsMs = within(line, () => parseStartOffsetsMs(startLine.items));
      starts = { line, key: labels.key, offsetsMs };
      continue;
    }
    const sequence = within(line, () => parseSequence(line.text));
    if (starts !== undefined) checkStarts(starts, sequence);
    byKey.set(sequence.labels.key, toSeries(sequence, stepMs, starts?.offsetsMs));
    starts = undefined;
  }
  if (starts !== undefined) throw unused(starts.line);
  const series = [...byKey.values()];
  if (match[1] !== undefined) {
    series.push(...within(head, () => customHistogramSeries(series)));
  }
  return { kind: 'load', line: head.number, series };
}

interface PendingStarts {
  readonly line: ScriptLine;
  readonly key: string;
  readonly offsetsMs: readonly (number | undefined)[];
}

function checkStarts({ line, key, offsetsMs }: PendingStarts, sequence: Sequence): void {
  if (key !== sequence.labels.key) {
    throw new ScriptError(
      line.number,
      '@st metric does not match the following sample line metric',
    );
  }
  if (offsetsMs.length !== sequence.points.length) {
    throw new ScriptError(
      line.number,
      `@st line has ${offsetsMs.length} values but sample line has ${sequence.points.length}`,
    );
  }
}

function unused(line: ScriptLine): ScriptError {
  return new ScriptError(line.number, '@st line has no following sample line');
}

function toSeries(
  { labels, points }: Sequence,
  stepMs: number,
  startOffsetsMs: readonly (number | undefined)[] | undefined,
): ScriptSeries {
  const samples: ScriptSample[] = [];
  for (const [index, point] of points.entries()) {
    if (point.kind === 'none') continue;
    const timestampMs = index * stepMs;
    const offsetMs = startOffsetsMs?.[index];
    const startTimestampMs = offsetMs === undefined ? 0 : timestampMs + offsetMs;
    samples.push({ timestampMs, startTimestampMs, point });
  }
  return { labels, samples };
}

function within<T>(line: ScriptLine, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ScriptError(line.number, cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}
