import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Group,
  NavLink,
  Select,
  Title,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconBell,
  IconBellOff,
  IconBox,
  IconChartDots3,
  IconChartHistogram,
  IconHeartRateMonitor,
  IconInfoCircle,
  IconListCheck,
  IconMoon,
  IconServer,
  IconShieldCheck,
  IconStack2,
  IconSun,
  IconTarget,
  IconTimelineEvent,
  IconTopologyStar3,
} from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../i18n/i18n.ts';
import { TimePicker } from '../time/time-picker.tsx';

const PAGES = [
  ['/', 'overview', IconHeartRateMonitor],
  ['/clusters', 'clusters', IconTopologyStar3],
  ['/c/_all/nodes', 'nodes', IconServer],
  ['/c/_all/workloads', 'workloads', IconStack2],
  ['/c/_all/pods', 'pods', IconBox],
  ['/events', 'events', IconTimelineEvent],
  ['/explore', 'explore', IconChartHistogram],
  ['/alerts', 'alerts', IconBell],
  ['/policies', 'policies', IconShieldCheck],
  ['/rules', 'rules', IconListCheck],
  ['/silences', 'silences', IconBellOff],
  ['/targets', 'targets', IconTarget],
  ['/cardinality', 'cardinality', IconChartDots3],
  ['/status', 'status', IconInfoCircle],
] as const;

/** What is around every page: navigation, time, theme, language. */
export function Shell() {
  const { t } = useTranslation();
  const [isOpen, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('app.menu')}
            />
            <Title order={1} fz="md" visibleFrom="sm">
              {t('app.name')}
            </Title>
            <Anchor href="#content" size="xs" className="wk-skip">
              {t('app.skip')}
            </Anchor>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <TimePicker />
            <LanguagePicker />
            <ThemeSwitch />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('app.menu')}>
        {PAGES.map(([path, name, Icon]) => (
          <NavLink
            key={path}
            label={t(`nav.${name}`)}
            leftSection={<Icon size={16} stroke={1.5} />}
            active={pathname === path}
            onClick={menu.close}
            renderRoot={(root) => <Link {...root} to={path} />}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="default"
      aria-label={t('app.theme')}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={16} /> : <IconMoon size={16} />}
    </ActionIcon>
  );
}

function LanguagePicker() {
  const { t, i18n } = useTranslation();
  return (
    <Select
      size="xs"
      w={104}
      visibleFrom="sm"
      aria-label={t('app.language')}
      data={LANGUAGES.map(([value, label]) => ({ value, label }))}
      value={i18n.resolvedLanguage ?? 'en'}
      onChange={(next) => {
        if (next !== null) void i18n.changeLanguage(next);
      }}
      allowDeselect={false}
    />
  );
}
