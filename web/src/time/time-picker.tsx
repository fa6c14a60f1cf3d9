import { Button, Group, Popover, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime } from './format-time.ts';
import { resolveTime } from './time-range.ts';
import { REFRESH_MS, usePageTime } from './use-page-time.ts';

const QUICK = ['5m', '15m', '1h', '3h', '6h', '12h', '24h', '2d', '7d', '30d', '90d'] as const;

/** The range of the page, its refresh, and how to change them. */
export function TimePicker() {
  const { t } = useTranslation();
  const { text, range, refresh, setText, setRefresh } = usePageTime();
  const [isOpen, setIsOpen] = useState(false);
  const [from, setFrom] = useState(text.from);
  const [to, setTo] = useState(text.to);
  const label = /^now-(\w+)$/.exec(text.from);
  const isQuick = label !== null && text.to === 'now';
  const isValid = isTime(from) && isTime(to);
  const choose = (next: { from: string; to: string }) => {
    setText(next);
    setIsOpen(false);
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconClock size={14} />}
            onClick={() => {
              setFrom(text.from);
              setTo(text.to);
              setIsOpen(!isOpen);
            }}
          >
            {isQuick
              ? t('time.last', { span: label[1] })
              : `${formatTime(range.startMs)} – ${formatTime(range.endMs)}`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Group align="start" wrap="nowrap">
            <Stack gap={2}>
              {QUICK.map((span) => (
                <Button
                  key={span}
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => choose({ from: `now-${span}`, to: 'now' })}
                >
                  {t('time.last', { span })}
                </Button>
              ))}
            </Stack>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (isValid) choose({ from, to });
              }}
            >
              <Stack gap="xs">
                <TextInput
                  size="xs"
                  label={t('time.from')}
                  value={from}
                  onChange={(event) => setFrom(event.currentTarget.value)}
                  error={isTime(from) ? undefined : t('time.wrong')}
                />
                <TextInput
                  size="xs"
                  label={t('time.to')}
                  value={to}
                  onChange={(event) => setTo(event.currentTarget.value)}
                  error={isTime(to) ? undefined : t('time.wrong')}
                />
                <Text size="xs" c="dimmed">
                  {t('time.hint')}
                </Text>
                <Button type="submit" size="xs" disabled={!isValid}>
                  {t('time.apply')}
                </Button>
              </Stack>
            </form>
          </Group>
        </Popover.Dropdown>
      </Popover>
      <Select
        size="xs"
        w={76}
        aria-label={t('time.refresh')}
        data={Object.keys(REFRESH_MS)}
        value={refresh}
        onChange={(next) => setRefresh(next ?? 'off')}
        allowDeselect={false}
      />
    </Group>
  );
}

function isTime(text: string): boolean {
  return resolveTime(text, Date.now(), false) !== undefined;
}
