import { useComputedColorScheme } from '@mantine/core';
import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react';
import type { RangeAnswer } from '../api/prometheus.ts';
import { formatTime } from '../time/format-time.ts';
import { formatValue, type Unit } from '../units/format.ts';
import { chartOption, type DrawnChart } from './chart-option.ts';
import { type Chart, createChart } from './echarts.ts';

const TIP_SERIES_MAX = 12;
const DRAG_PX_MIN = 6;

export interface TimeSeriesChartProps {
  readonly answer: RangeAnswer;
  /** Of the answer, by `drawnChart`. */
  readonly drawn: DrawnChart;
  readonly unit: Unit;
  readonly isStacked?: boolean;
  readonly thresholds?: readonly { readonly value: number; readonly name: string }[];
  /** A drag over the chart chooses a range. */
  readonly onZoom?: (startMs: number, endMs: number) => void;
}

const NO_THRESHOLDS: NonNullable<TimeSeriesChartProps['thresholds']> = [];

/** Lines over time with a shared tooltip; drag zooms. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { answer, drawn, unit, isStacked = false, thresholds = NO_THRESHOLDS, onZoom } = props;
  const isDark = useComputedColorScheme('light') === 'dark';
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | undefined>(undefined);
  const [cursor, setCursor] = useState<Cursor | undefined>();
  const [drag, setDrag] = useState<Drag | undefined>();

  useEffect(() => {
    if (element.current === null) return undefined;
    const created = createChart(element.current);
    chart.current = created;
    const observer = new ResizeObserver(() => created.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      created.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    const endMs = answer.startMs + (answer.count - 1) * answer.stepMs;
    const style = { unit, isStacked, isDark, startMs: answer.startMs, endMs, thresholds };
    chart.current?.setOption(chartOption(drawn, style), {
      replaceMerge: ['dataset', 'series'],
      silent: true,
    });
  }, [answer, drawn, unit, isStacked, isDark, thresholds]);

  const locate = (event: ReactPointerEvent): Cursor | undefined => {
    const box = element.current?.getBoundingClientRect();
    if (box === undefined || chart.current === undefined) return undefined;
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const timeMs = chart.current.convertFromPixel({ xAxisIndex: 0 }, x);
    const index = Math.round((timeMs - answer.startMs) / answer.stepMs);
    if (index < 0 || index >= answer.count) return undefined;
    return { x, y, index, timeMs, width: box.width };
  };

  const move = (event: ReactPointerEvent) => {
    const at = locate(event);
    setCursor(at);
    if (drag !== undefined && at !== undefined) setDrag({ ...drag, toX: at.x, toMs: at.timeMs });
  };
  const drop = () => {
    if (drag !== undefined && Math.abs(drag.toX - drag.fromX) >= DRAG_PX_MIN) {
      const [from, to] = [drag.fromMs, drag.toMs].toSorted((a, b) => a - b);
      if (from !== undefined && to !== undefined) onZoom?.(Math.round(from), Math.round(to));
    }
    setDrag(undefined);
  };

  return (
    <div
      className="wk-chart"
      onPointerMove={move}
      onPointerLeave={() => {
        setCursor(undefined);
        setDrag(undefined);
      }}
      onPointerDown={(event) => {
        const at = locate(event);
        if (onZoom === undefined || at === undefined || event.button !== 0) return;
        setDrag({ fromX: at.x, toX: at.x, fromMs: at.timeMs, toMs: at.timeMs });
      }}
      onPointerUp={drop}
    >
      <div ref={element} aria-hidden="true" style={{ width: '100%', height: '100%' }} />
      {drag !== undefined && <Selection drag={drag} />}
      {cursor !== undefined && <Tip drawn={drawn} cursor={cursor} unit={unit} />}
    </div>
  );
}

interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly index: number;
  readonly timeMs: number;
  readonly width: number;
}

interface Drag {
  readonly fromX: number;
  readonly toX: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function Selection({ drag }: { readonly drag: Drag }) {
  const left = Math.min(drag.fromX, drag.toX);
  const width = Math.abs(drag.toX - drag.fromX);
  const style = { position: 'absolute', top: 0, bottom: 0, left, width } as const;
  return <div style={{ ...style, background: 'var(--mantine-color-blue-light)' }} />;
}

function Tip(props: { readonly drawn: DrawnChart; readonly cursor: Cursor; readonly unit: Unit }) {
  const { drawn, cursor, unit } = props;
  const rows = drawn.series
    .map((series) => ({ series, value: series.values[cursor.index] ?? Number.NaN }))
    .filter(({ value }) => !Number.isNaN(value))
    .toSorted((a, b) => b.value - a.value);
  const isRight = cursor.x > cursor.width / 2;
  const side = isRight ? { right: cursor.width - cursor.x + 12 } : { left: cursor.x + 12 };
  return (
    <div className="wk-chart-tip" style={{ ...side, top: 8 }}>
      <strong>{formatTime(drawn.times[cursor.index] ?? 0)}</strong>
      {rows.slice(0, TIP_SERIES_MAX).map(({ series, value }) => (
        <div key={series.name}>
          <span className="wk-swatch" style={{ background: series.color }} />
          {series.name}: {formatValue(value, unit)}
        </div>
      ))}
      {rows.length > TIP_SERIES_MAX && <div>+ {rows.length - TIP_SERIES_MAX}</div>}
    </div>
  );
}
