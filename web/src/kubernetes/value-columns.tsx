import type { Column } from '../table/data-table.tsx';
import { formatValue, type Unit } from '../units/format.ts';
import type { ObjectRow } from './use-object-rows.ts';

/** A column of numbers; without a value it is a dash and sorts last. */
export function valueColumn<Name extends string>(
  id: Name,
  title: string,
  unit: Unit,
): Column<ObjectRow<Name>> {
  return {
    id,
    title,
    isNumber: true,
    value: (row) => row.values[id] ?? Number.NEGATIVE_INFINITY,
    cell: (row) => {
      const value = row.values[id];
      return value === undefined ? '–' : formatValue(value, unit);
    },
  };
}

export function labelColumn<Name extends string>(
  label: string,
  title: string,
): Column<ObjectRow<Name>> {
  return { id: label, title, value: (row) => row.labels[label] ?? '' };
}
