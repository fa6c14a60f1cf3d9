import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getData } from '../api/client.ts';
import { QueryState } from './query-state.tsx';

type Facts = Readonly<Record<string, unknown>>;

/** What runs, how it was started, and the configuration in force, secrets hidden by the server. */
export function StatusPage() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['status'],
    queryFn: async ({ signal }) => {
      const [build, runtime, config, flags] = await Promise.all([
        getData<Facts>('v1/status/buildinfo', {}, signal),
        getData<Facts>('v1/status/runtimeinfo', {}, signal),
        getData<{ yaml: string }>('v1/status/config', {}, signal),
        getData<Facts>('v1/status/flags', {}, signal),
      ]);
      return { build, runtime, config, flags };
    },
  });
  return (
    <Stack>
      <Title order={2} fz="lg">
        {t('status.title')}
      </Title>
      <QueryState query={query}>
        {({ build, runtime, config, flags }) => (
          <>
            <div className="wk-grid">
              <FactTable title={t('status.build')} facts={build} />
              <FactTable title={t('status.runtime')} facts={runtime} />
              <FactTable title={t('status.flags')} facts={flags} />
            </div>
            <section className="wk-panel">
              <header>
                <h2>{t('status.config')}</h2>
              </header>
              <pre className="wk-code">{config.yaml}</pre>
            </section>
          </>
        )}
      </QueryState>
    </Stack>
  );
}

function FactTable(props: { readonly title: string; readonly facts: Facts }) {
  return (
    <section className="wk-panel">
      <header>
        <h2>{props.title}</h2>
      </header>
      <table className="wk-table">
        <tbody>
          {Object.entries(props.facts).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{String(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
