import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiFailure, getData } from '../api/client.ts';
import { EmptyState, QueryState } from '../pages/query-state.tsx';
import { formatTime } from '../time/format-time.ts';
import { usePageTime } from '../time/use-page-time.ts';

export interface ObjectName {
  readonly cluster: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface Revision {
  readonly uid: string;
  readonly atMs: number;
  readonly change: 'added' | 'modified' | 'deleted';
  readonly manager: string;
}

interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const REVISIONS_MAX = 200;

/** What changed on an object in the page's range; a click shows which fields. */
export function ObjectChanges({ object }: { readonly object: ObjectName }) {
  const { t } = useTranslation();
  const { range, refreshMs } = usePageTime();
  const from = Math.floor(range.startMs / 10_000) * 10;
  const to = Math.ceil(range.endMs / 10_000) * 10;
  const { cluster, kind, namespace, name } = object;
  const query = useQuery({
    queryKey: ['changes', object, from, to],
    queryFn: ({ signal }) =>
      getData<{ revisions: readonly Revision[] }>(
        'v1/changes',
        { cluster, kind, namespace, name, from, to, limit: REVISIONS_MAX },
        signal,
      ),
    select: (data) => data.revisions,
    refetchInterval: refreshMs,
  });
  const [shownMs, setShownMs] = useState<number | undefined>();
  return (
    <QueryState query={query}>
      {(revisions) => (
        <div className="wk-panel">
          {revisions.length === 0 && (
            <EmptyState title={t('changes.none')} next={t('changes.noneNext')} />
          )}
          {revisions.map((revision) => (
            <Stack key={`${revision.uid} ${revision.atMs}`} gap={0}>
              <button
                type="button"
                className="wk-row-button"
                aria-expanded={shownMs === revision.atMs}
                onClick={() => setShownMs(shownMs === revision.atMs ? undefined : revision.atMs)}
              >
                {formatTime(revision.atMs)} · {t(`changes.${revision.change}`)}
                {revision.manager !== '' && ` · ${revision.manager}`}
              </button>
              {shownMs === revision.atMs && <Fields object={object} atMs={revision.atMs} />}
            </Stack>
          ))}
        </div>
      )}
    </QueryState>
  );
}

function Fields({ object, atMs }: { readonly object: ObjectName; readonly atMs: number }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['diff', object, atMs],
    queryFn: ({ signal }) =>
      getData<{ changes: readonly FieldChange[] }>(
        'v1/objects/diff',
        { ...object, from: (atMs - 1) / 1000, to: atMs / 1000 },
        signal,
      ),
    select: (data) => data.changes,
  });
  return (
    <QueryState query={query}>
      {(changes) => (
        <table className="wk-table">
          <thead>
            <tr>
              <th scope="col">{t('changes.field')}</th>
              <th scope="col">{t('changes.before')}</th>
              <th scope="col">{t('changes.after')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.path}>
                <td>
                  <code className="wk-code">{change.path || t('changes.whole')}</code>
                </td>
                <td>
                  <code className="wk-code">{shortJson(change.before)}</code>
                </td>
                <td>
                  <code className="wk-code">{shortJson(change.after)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </QueryState>
  );
}

const JSON_CHARS_MAX = 400;

function shortJson(value: unknown): string {
  const text = value === undefined ? '–' : JSON.stringify(value);
  return text.length > JSON_CHARS_MAX ? `${text.slice(0, JSON_CHARS_MAX)}…` : text;
}

/** The object at the end of the page's range, as it is stored. */
export function ObjectState({ object }: { readonly object: ObjectName }) {
  const { t } = useTranslation();
  const { range } = usePageTime();
  const time = Math.floor(range.endMs / 1000);
  const query = useQuery({
    queryKey: ['object', object, time],
    queryFn: ({ signal }) =>
      getData<{ revision: Revision; object: unknown }>(
        'v1/objects/at',
        { ...object, time },
        signal,
      ),
    retry: (failures, error) =>
      !(error instanceof ApiFailure && error.status === 404) && failures < 2,
  });
  return (
    <QueryState query={query}>
      {({ revision, object: state }) => (
        <Stack gap="xs">
          {revision.change === 'deleted' && (
            <Alert color="orange" title={t('changes.isDeleted')}>
              {formatTime(revision.atMs)}
            </Alert>
          )}
          <Text size="sm" c="dimmed">
            {t('changes.stateOf', { time: formatTime(revision.atMs) })}
          </Text>
          <pre className="wk-panel wk-code" tabIndex={0}>
            {JSON.stringify(state, undefined, 2)}
          </pre>
        </Stack>
      )}
    </QueryState>
  );
}
