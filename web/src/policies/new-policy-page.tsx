import {
  Alert,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendJson } from '../api/client.ts';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { type CatalogueMetric, unitOf, useCatalogue } from '../kubernetes/catalogue.ts';
import { QueryState } from '../pages/query-state.tsx';
import { type PolicyDraft, policyOf } from './policy.ts';

const FIRST: PolicyDraft = {
  name: '',
  type: 'pod',
  metric: 'wk_pod_memory_limit_ratio',
  namespace: '',
  operator: 'gt',
  threshold: 90,
  m: 3,
  n: 5,
  severity: 'warning',
};
const OPERATORS = [
  { value: 'gt', label: '>' },
  { value: 'ge', label: '≥' },
  { value: 'lt', label: '<' },
  { value: 'le', label: '≤' },
];
const SEVERITIES = ['info', 'warning', 'critical'];
const PREVIEW_AFTER_MS = 400;

interface Preview {
  readonly data: {
    readonly compiled: { readonly rules: readonly { readonly expr: string }[] };
    readonly objects: Readonly<Record<string, number>>;
    readonly backTest: { readonly rules: readonly { readonly fired: number }[] };
  };
}

/** What is watched, when it is bad; and at the side what that would have meant yesterday. */
export function NewPolicyPage() {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('policies.create')}
      </Title>
      <QueryState query={catalogue}>{(metrics) => <Form metrics={metrics} />}</QueryState>
    </Stack>
  );
}

function Form({ metrics }: { readonly metrics: readonly CatalogueMetric[] }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(FIRST);
  const [settled] = useDebouncedValue(draft, PREVIEW_AFTER_MS);
  const put = (change: Partial<PolicyDraft>) => setDraft({ ...draft, ...change });
  const isChinese = i18n.resolvedLanguage === 'zh-CN';
  const shown = metrics.filter((metric) => !metric.isBlock);
  const metric = shown.find((one) => one.name === draft.metric);
  const factor = metric?.unit === 'percent' ? 100 : 1;
  const preview = useQuery({
    queryKey: ['policy-preview', settled],
    queryFn: () => sendJson<Preview>('POST', 'v1/alarm-policies/preview', policyOf(settled)),
    select: (answer) => answer.data,
    placeholderData: keepPreviousData,
  });
  const create = useMutation({
    mutationFn: () => sendJson('POST', 'v1/alarm-policies', policyOf(draft)),
    onSuccess: () => navigate({ to: '/policies' }),
  });
  return (
    <div className="wk-grid">
      <form
        className="wk-panel"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('alerts.name')}
            value={draft.name}
            placeholder={draft.metric}
            onChange={(event) => put({ name: event.currentTarget.value })}
          />
          <Select
            label={t('policies.metric')}
            searchable
            allowDeselect={false}
            value={draft.metric}
            data={shown.map((one) => ({
              value: one.name,
              label: isChinese ? one.displayNames.zh : one.displayNames.en,
            }))}
            onChange={(name) => {
              const chosen = shown.find((one) => one.name === name);
              if (chosen !== undefined) put({ metric: chosen.name, type: chosen.level });
            }}
          />
          <TextInput
            label={t('policies.namespaces')}
            description={t('policies.namespacesHint')}
            value={draft.namespace}
            onChange={(event) => put({ namespace: event.currentTarget.value })}
          />
          <Group grow align="end">
            <Select
              label={t('policies.operator')}
              allowDeselect={false}
              data={OPERATORS}
              value={draft.operator}
              onChange={(operator) => put({ operator: operator ?? 'gt' })}
            />
            <NumberInput
              label={`${t('policies.threshold')}${factor === 100 ? ' (%)' : ''}`}
              value={draft.threshold}
              onChange={(threshold) => put({ threshold: Number(threshold) })}
            />
          </Group>
          <Group grow align="end">
            <NumberInput
              label={t('policies.m')}
              min={1}
              max={draft.n}
              value={draft.m}
              onChange={(m) => put({ m: Number(m) || 1 })}
            />
            <NumberInput
              label={t('policies.n')}
              min={1}
              max={1440}
              value={draft.n}
              onChange={(n) => put({ n: Number(n) || 1, m: Math.min(draft.m, Number(n) || 1) })}
            />
            <Select
              label={t('alerts.severity')}
              allowDeselect={false}
              data={SEVERITIES}
              value={draft.severity}
              onChange={(severity) => put({ severity: severity ?? 'warning' })}
            />
          </Group>
          {create.error !== null && <Alert color="red">{create.error.message}</Alert>}
          <Button type="submit" loading={create.isPending}>
            {t('policies.save')}
          </Button>
        </Stack>
      </form>
      <Stack gap="sm">
        <QueryState query={preview}>
          {({ compiled, objects, backTest }) => (
            <div className="wk-panel">
              <Text fw={600}>
                {t('policies.wouldHave', {
                  count: backTest.rules.reduce((sum, rule) => sum + rule.fired, 0),
                  objects: Object.values(objects).reduce((sum, count) => sum + count, 0),
                })}
              </Text>
              {compiled.rules.map((rule) => (
                <code key={rule.expr} className="wk-code">
                  {rule.expr}
                </code>
              ))}
            </div>
          )}
        </QueryState>
        {metric !== undefined && (
          <ChartPanel
            title={isChinese ? metric.displayNames.zh : metric.displayNames.en}
            expr={chartExpr(settled)}
            unit={unitOf(metric)}
            thresholds={[{ value: settled.threshold / factor, name: String(settled.threshold) }]}
          />
        )}
      </Stack>
    </div>
  );
}

function chartExpr({ metric, namespace }: PolicyDraft): string {
  return namespace === '' ? metric : `${metric}{namespace=~${JSON.stringify(namespace)}}`;
}
