import { Stack, Tabs, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EventTable } from './event-table.tsx';
import { ObjectChanges, type ObjectName, ObjectState } from './object-history.tsx';

export interface ObjectTab {
  readonly id: string;
  readonly title: string;
  readonly content: () => ReactNode;
}

/** The page of an object: its own tabs, then events, changes and its state. The tab is in the URL. */
export function ObjectTabs(props: {
  readonly object: ObjectName;
  readonly tabs: readonly ObjectTab[];
}) {
  const { t } = useTranslation();
  const { object } = props;
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const tabs: readonly ObjectTab[] = [
    ...props.tabs,
    {
      id: 'events',
      title: t('nav.events'),
      content: () => (
        <EventTable
          filter={{
            cluster: object.cluster,
            kind: object.kind,
            namespace: object.namespace,
            name: object.name,
          }}
        />
      ),
    },
    { id: 'changes', title: t('changes.title'), content: () => <ObjectChanges object={object} /> },
    { id: 'object', title: t('changes.object'), content: () => <ObjectState object={object} /> },
  ];
  const shown = tabs.find((tab) => tab.id === search.tab) ?? tabs[0];
  const place = [object.cluster, object.namespace].filter((part) => part !== '').join(' / ');
  return (
    <Stack>
      <div>
        <Text size="xs" c="dimmed">
          {place} · {object.kind}
        </Text>
        <Title order={2} fz="lg">
          {object.name}
        </Title>
      </div>
      <Tabs
        value={shown?.id ?? null}
        onChange={(id) => {
          void navigate({
            to: '.',
            search: (now) => ({ ...now, tab: id ?? undefined, q: undefined, sort: undefined }),
            replace: true,
          });
        }}
      >
        <Tabs.List>
          {tabs.map((tab) => (
            <Tabs.Tab key={tab.id} value={tab.id}>
              {tab.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((tab) => (
          <Tabs.Panel key={tab.id} value={tab.id} pt="sm">
            {tab.id === shown?.id && tab.content()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
