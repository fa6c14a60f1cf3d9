import { Group, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** What is sorted and searched by. */
  readonly value: (row: Row) => string | number;
  /** What is shown; the value when it is left out. */
  readonly cell?: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Shown when there are no rows at all: why, and what to do. */
  readonly empty: ReactNode;
}

const ROW_PX = 31;
/** Fewer rows are drawn whole, so that the browser's own search finds them. */
const VIRTUAL_ROWS_MIN = 100;

/** A table whose search and order are in the URL; only the rows in sight are drawn. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, empty } = props;
  const { t } = useTranslation();
  const { q = '', sort = '' } = useSearch({ strict: false });
  const navigate = useNavigate();
  const frame = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => arrange(rows, columns, q, sort), [rows, columns, q, sort]);
  const isVirtual = shown.length > VIRTUAL_ROWS_MIN;
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    enabled: isVirtual,
  });
  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const visible = isVirtual ? items.map((item) => shown[item.index]) : shown;
  const above = isVirtual ? (first?.start ?? 0) : 0;
  const below = isVirtual ? virtual.getTotalSize() - (last?.end ?? 0) : 0;
  const put = (next: { q?: string; sort?: string }) => {
    void navigate({ to: '.', search: (now) => ({ ...now, ...next }), replace: true });
  };

  if (rows.length === 0) return <div className="wk-panel">{empty}</div>;
  return (
    <div className="wk-panel">
      <Group mb="xs" gap="sm">
        <TextInput
          size="xs"
          w={280}
          leftSection={<IconSearch size={14} />}
          aria-label={t('table.filter')}
          placeholder={t('table.filter')}
          value={q}
          onChange={(event) => put({ q: event.currentTarget.value })}
        />
        <Text size="xs" c="dimmed" aria-live="polite">
          {t('table.rows', { shown: shown.length, count: rows.length })}
        </Text>
      </Group>
      <div
        ref={frame}
        tabIndex={0}
        role="region"
        aria-label={label}
        style={{ overflow: 'auto', maxHeight: isVirtual ? '70vh' : undefined }}
      >
        <table className="wk-table" aria-rowcount={shown.length}>
          <thead>
            <tr>
              {columns.map((column) => {
                const order = sort === column.id ? 'ascending' : 'descending';
                const isSorted = sort === column.id || sort === `-${column.id}`;
                return (
                  <th
                    key={column.id}
                    scope="col"
                    className={column.isNumber === true ? 'wk-number' : undefined}
                    aria-sort={isSorted ? order : 'none'}
                  >
                    <button
                      type="button"
                      className="wk-sort"
                      aria-label={t('table.sortBy', { column: column.title })}
                      onClick={() => put({ sort: nextSort(column, sort) })}
                    >
                      {column.title}
                      {isSorted && (order === 'ascending' ? ' ▲' : ' ▼')}
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr aria-hidden="true" style={{ height: above }} />}
            {visible.map(
              (row) =>
                row !== undefined && (
                  <tr key={rowKey(row)}>
                    {columns.map((column) => (
                      <td
                        key={column.id}
                        className={column.isNumber === true ? 'wk-number' : undefined}
                      >
                        {column.cell === undefined ? column.value(row) : column.cell(row)}
                      </td>
                    ))}
                  </tr>
                ),
            )}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <Text size="sm">{t('state.noMatch')}</Text>}
    </div>
  );
}

function nextSort<Row>(column: Column<Row>, sort: string): string {
  const [first, second] =
    column.isNumber === true ? [`-${column.id}`, column.id] : [column.id, `-${column.id}`];
  return sort === first ? second : first;
}

/** Rows in which every word of the search stands, in the order asked for. */
export function arrange<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  search: string,
  sort: string,
): readonly Row[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found =
    words.length === 0
      ? rows
      : rows.filter((row) => {
          const text = columns
            .map((column) => column.value(row))
            .join('\n')
            .toLowerCase();
          return words.every((word) => text.includes(word));
        });
  const column = columns.find((one) => one.id === sort.replace(/^-/, ''));
  if (column === undefined) return found;
  const direction = sort.startsWith('-') ? -1 : 1;
  return found.toSorted((a, b) => direction * compare(column.value(a), column.value(b)));
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
