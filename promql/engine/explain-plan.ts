/** A plan as text, for people who want to know what a query does. */
import { formatDurationMs } from '../../model/duration.ts';
import type { Grid } from './grid.ts';
import type { Load, Plan, PlanNode, TimeShift } from './plan.ts';

/** One line per node, operands indented below their operator; then one line per read. */
export function explainPlan({ root, loads }: Plan): string {
  const lines: string[] = [];
  describe(root, 0, loads, lines);
  loads.forEach((load, index) => {
    const matchers = load.matchers.join(', ');
    const range = `${new Date(load.startMs).toISOString()} to ${new Date(load.endMs).toISOString()}`;
    lines.push(`read ${index + 1}: {${matchers}} from ${range}`);
  });
  return lines.join('\n');
}

function describe(node: PlanNode, depth: number, loads: readonly Load[], lines: string[]): void {
  const line = (text: string): void => {
    lines.push(`${'  '.repeat(depth)}${text} · ${gridText(node.grid)}`);
  };
  const below = (child: PlanNode): void => describe(child, depth + 1, loads, lines);
  switch (node.kind) {
    case 'number':
      return line(`number ${node.value}`);
    case 'string':
      return line(`string ${JSON.stringify(node.value)}`);
    case 'selector':
      return line(`selector from read ${loads.indexOf(node.load) + 1}${shiftText(node)}`);
    case 'window': {
      const range = formatDurationMs(node.rangeMs);
      return line(`range ${range} of read ${loads.indexOf(node.load) + 1}${shiftText(node)}`);
    }
    case 'subquery':
      line(`subquery ${formatDurationMs(node.rangeMs)}${shiftText(node)}`);
      return below(node.expr);
    case 'negate':
      line('negate');
      return below(node.expr);
    case 'invariant':
      line('evaluated once');
      return below(node.expr);
    case 'info':
      line('info');
      return below(node.expr);
    case 'binary':
      line(`operator ${node.op}`);
      below(node.lhs);
      return below(node.rhs);
    case 'aggregate': {
      const clause = node.without ? 'without' : 'by';
      line(`${node.op} ${clause} (${node.grouping.join(', ')})`);
      if (node.param !== undefined) below(node.param);
      return below(node.expr);
    }
    case 'call':
      line(`${node.func}()`);
      return node.args.forEach(below);
  }
}

function gridText({ steps, stepMs }: Grid): string {
  return steps === 1 ? '1 step' : `${steps} steps of ${formatDurationMs(stepMs)}`;
}

function shiftText({ offsetMs, atMs }: TimeShift): string {
  const at = atMs === undefined ? '' : ` at ${new Date(atMs).toISOString()}`;
  return offsetMs === 0 ? at : `${at} offset ${formatDurationMs(offsetMs)}`;
}
