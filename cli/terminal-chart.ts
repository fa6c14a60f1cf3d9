/** A small line chart for a terminal, drawn with braille dots: two by four in each character. */

const DOTS_ACROSS = 2;
const DOTS_DOWN = 4;
/** Bit of a dot in a braille character, by row and column (Unicode block U+2800). */
const DOT_BITS: readonly (readonly [number, number])[] = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const BRAILLE_START = 0x2800;

export interface ChartLine {
  readonly timestampsMs: readonly number[];
  /** NaN is a gap. */
  readonly values: readonly number[];
}

/**
 * @param columns and rows of characters for the plot itself; the axis text comes beside it
 * @returns lines of text, the value axis on the left, start and end time below
 */
export function terminalChart(
  lines: readonly ChartLine[],
  columns: number,
  rows: number,
): readonly string[] {
  const points = lines.flatMap((line) =>
    line.values.flatMap((value, index) =>
      Number.isFinite(value) ? [{ timeMs: line.timestampsMs[index] as number, value }] : [],
    ),
  );
  if (points.length === 0) return ['no data in this time range'];
  const time = extent(points.map((point) => point.timeMs));
  const value = extent(points.map((point) => point.value));
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns));
  for (const line of lines) {
    let before: Dot | undefined;
    line.values.forEach((one, index) => {
      if (!Number.isFinite(one)) {
        before = undefined;
        return;
      }
      const x = scale(line.timestampsMs[index] as number, time, columns * DOTS_ACROSS - 1);
      const y = rows * DOTS_DOWN - 1 - scale(one, value, rows * DOTS_DOWN - 1);
      for (const dot of dotsBetween(before ?? { x, y }, { x, y })) setDot(cells, dot);
      before = { x, y };
    });
  }
  const axis = axisTexts(value, rows);
  const width = Math.max(...axis.map((text) => text.length));
  const plot = cells.map((cell, row) => {
    const dots = String.fromCharCode(...Array.from(cell, (bits) => BRAILLE_START + bits));
    return `${(axis[row] ?? '').padStart(width)} ┤${dots}`;
  });
  const [start, end] = [time.min, time.max].map((ms) => new Date(ms).toISOString().slice(0, 19));
  const gap = Math.max(1, columns - (start?.length ?? 0) - (end?.length ?? 0));
  return [...plot, `${' '.repeat(width + 2)}${start}${' '.repeat(gap)}${end}`];
}

interface Dot {
  readonly x: number;
  readonly y: number;
}

/** The dots of a straight line, both ends included. */
function dotsBetween(from: Dot, to: Dot): readonly Dot[] {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  return Array.from({ length: steps + 1 }, (_, step) => ({
    x: Math.round(from.x + ((to.x - from.x) * step) / steps),
    y: Math.round(from.y + ((to.y - from.y) * step) / steps),
  }));
}

function setDot(cells: readonly Uint8Array[], { x, y }: Dot): void {
  const cell = cells[Math.floor(y / DOTS_DOWN)] as Uint8Array;
  const bit = DOT_BITS[y % DOTS_DOWN]?.[x % DOTS_ACROSS] ?? 0;
  const column = Math.floor(x / DOTS_ACROSS);
  cell[column] = (cell[column] as number) | bit;
}

interface Extent {
  readonly min: number;
  readonly max: number;
}

function extent(values: readonly number[]): Extent {
  return values.reduce<Extent>(
    (so, value) => ({ min: Math.min(so.min, value), max: Math.max(so.max, value) }),
    { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY },
  );
}

function scale(value: number, { min, max }: Extent, steps: number): number {
  return max === min ? Math.floor(steps / 2) : Math.round(((value - min) / (max - min)) * steps);
}

function axisTexts({ min, max }: Extent, rows: number): readonly string[] {
  return Array.from({ length: rows }, (_, row) => {
    const isLabelled = row === 0 || row === rows - 1 || row === Math.floor(rows / 2);
    const share = rows === 1 ? 0 : 1 - row / (rows - 1);
    return isLabelled ? Number((min + (max - min) * share).toPrecision(4)).toString() : '';
  });
}
