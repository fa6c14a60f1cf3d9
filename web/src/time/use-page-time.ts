import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { DEFAULT_RANGE, type ResolvedRange, resolveRange, type TimeRange } from './time-range.ts';

export interface PageTime {
  readonly text: TimeRange;
  readonly range: ResolvedRange;
  /** False: charts stay as they are. */
  readonly refreshMs: number | false;
  readonly refresh: string;
  /** The range of the whole page, one step of the history. */
  readonly zoom: (startMs: number, endMs: number) => void;
  readonly setText: (range: TimeRange) => void;
  readonly setRefresh: (refresh: string) => void;
}

export const REFRESH_MS: Readonly<Record<string, number | false>> = {
  off: false,
  '5s': 5000,
  '10s': 10_000,
  '30s': 30_000,
  '1m': 60_000,
  '5m': 300_000,
};
const REFRESH_DEFAULT = '30s';

/** The page's time range and refresh, which live in its URL. */
export function usePageTime(): PageTime {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { from = DEFAULT_RANGE.from, to = DEFAULT_RANGE.to, refresh = REFRESH_DEFAULT } = search;
  const refreshMs = REFRESH_MS[refresh] ?? false;
  const isMoving = from.startsWith('now') || to.startsWith('now');
  const nowMs = useNow(isMoving ? refreshMs : false);
  const range = useMemo(() => resolveRange({ from, to }, nowMs), [from, to, nowMs]);
  const setText = useCallback(
    (next: TimeRange) => {
      void navigate({ to: '.', search: (now) => ({ ...now, from: next.from, to: next.to }) });
    },
    [navigate],
  );
  const setRefresh = useCallback(
    (next: string) => {
      void navigate({ to: '.', search: (now) => ({ ...now, refresh: next }), replace: true });
    },
    [navigate],
  );
  const zoom = useCallback(
    (startMs: number, endMs: number) => setText({ from: String(startMs), to: String(endMs) }),
    [setText],
  );
  return { text: { from, to }, range, refreshMs, refresh, zoom, setText, setRefresh };
}

/** The time, moving on at the interval while the page is seen. */
function useNow(intervalMs: number | false): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (intervalMs === false) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) setNowMs(Date.now());
    }, intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return nowMs;
}
