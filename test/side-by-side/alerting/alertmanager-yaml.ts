/** One alertmanager.yml for many scenarios, each with a route of its own. */
import { BASE_ROUTE, type Scenario } from './scenario.ts';

/** @param sinkUrl every receiver is a path of it */
export function alertmanagerYaml(scenarios: readonly Scenario[], sinkUrl: string): string {
  const routes = scenarios.map(({ id, route = BASE_ROUTE }) => {
    const receiver = route.includes('receiver:') ? '' : `, receiver: ${id}`;
    return `  - {matchers: [scenario="${id}"], ${route}${receiver}}`;
  });
  const receivers = scenarios.flatMap(({ id, receivers: more = [], webhook = '' }) =>
    [id, ...more].map((path) => {
      const fields = webhook === '' ? '' : `, ${webhook}`;
      return `- {name: ${path}, webhook_configs: [{url: '${sinkUrl}/${path}'${fields}}]}`;
    }),
  );
  return [
    'global: {resolve_timeout: 10s}',
    'route:',
    '  receiver: nobody',
    '  routes:',
    ...routes,
    'receivers:',
    '- name: nobody',
    ...receivers,
    section(
      'inhibit_rules',
      scenarios.flatMap(({ inhibitRules = [] }) => inhibitRules),
    ),
    section(
      'time_intervals',
      scenarios.flatMap(({ timeIntervals = [] }) => timeIntervals),
    ),
    '',
  ].join('\n');
}

function section(name: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${name}:\n${items.map((item) => `- ${item}`).join('\n')}`;
}
