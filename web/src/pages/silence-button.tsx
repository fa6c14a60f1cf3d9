import { Alert, Button, Group, Popover, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendJson } from '../api/client.ts';
import type { LabelSet } from '../api/prometheus.ts';
import { formatTime } from '../time/format-time.ts';
import { labelText } from './label-list.tsx';

const HOURS = ['1', '2', '4', '24', '168'];
const HOUR_MS = 3_600_000;

/** Silences the alerts with exactly these labels, in the Alertmanager API's form. */
export function SilenceButton({ labels }: { readonly labels: LabelSet }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [hours, setHours] = useState('2');
  const [createdBy, setCreatedBy] = useState('');
  const [comment, setComment] = useState('');
  const create = useMutation({
    mutationFn: () => {
      const startMs = Date.now();
      const endsAt = new Date(startMs + Number(hours) * HOUR_MS).toISOString();
      const matchers = Object.entries(labels).map(([name, value]) => ({
        name,
        value,
        isRegex: false,
        isEqual: true,
      }));
      const startsAt = new Date(startMs).toISOString();
      const silence = { matchers, startsAt, endsAt, createdBy, comment };
      return sendJson('POST', 'v2/silences', silence).then(() => endsAt);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['silences'] }),
  });
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="left-start" trapFocus withinPortal>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setIsOpen(!isOpen)}>
          {t('silences.create')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw={380}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <Stack gap="xs">
            <code className="wk-code">{labelText(labels)}</code>
            <Group grow>
              <Select
                size="xs"
                label={t('silences.duration')}
                data={HOURS.map((value) => ({ value, label: `${value} h` }))}
                value={hours}
                onChange={(next) => setHours(next ?? '2')}
                allowDeselect={false}
                comboboxProps={{ withinPortal: false }}
              />
              <TextInput
                size="xs"
                required
                label={t('silences.author')}
                value={createdBy}
                onChange={(event) => setCreatedBy(event.currentTarget.value)}
              />
            </Group>
            <TextInput
              size="xs"
              required
              label={t('silences.comment')}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
            <Button type="submit" size="xs" loading={create.isPending}>
              {t('silences.confirm')}
            </Button>
            {create.error !== null && <Alert color="red">{create.error.message}</Alert>}
            {create.data !== undefined && (
              <Alert color="green">
                {t('silences.created', { time: formatTime(Date.parse(create.data)) })}
              </Alert>
            )}
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
