/** Reads the service discoveries of a scrape config or an Alertmanager. */
import type {
  DiscoveryConfig,
  DnsDiscovery,
  DnsRecordType,
  FileDiscovery,
  HttpDiscovery,
  StaticTargetGroup,
} from './discovery-types.ts';
import { quote } from './go-text.ts';
import { GoUrlError, parseGoUrl } from './go-url.ts';
import { readHttpClient } from './read-http-client.ts';
import { readKubernetesDiscovery } from './read-kubernetes-discovery.ts';
import { readLabels } from './read-labels.ts';
import { isNullNode } from './yaml-reader.ts';
import { YamlSection } from './yaml-section.ts';

const SECOND_MS = 1000;
const FILE_NAME = /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/;
const RECORD_TYPES: readonly DnsRecordType[] = ['SRV', 'A', 'AAAA', 'MX', 'NS'];

/** Discoveries of Prometheus that we leave to `http_sd_configs` and `file_sd_configs`. */
const UNSUPPORTED = [
  'aws',
  'azure',
  'consul',
  'digitalocean',
  'docker',
  'dockerswarm',
  'ec2',
  'ecs',
  'elasticache',
  'eureka',
  'gce',
  'hetzner',
  'ionos',
  'kuma',
  'lightsail',
  'linode',
  'marathon',
  'msk',
  'nerve',
  'nomad',
  'oci',
  'openstack',
  'outscale',
  'ovhcloud',
  'puppetdb',
  'rds',
  'scaleway',
  'serverset',
  'stackit',
  'triton',
  'uyuni',
  'vultr',
];

/**
 * Reads the `…_sd_configs` and `static_configs` of `section`; does not finish it.
 * @param checkTargets refuse addresses that are URLs; relabelling may make sense of them
 */
export function readDiscovery(
  section: YamlSection,
  checkTargets: boolean,
): readonly DiscoveryConfig[] {
  refuseUnsupported(section);
  const configs: DiscoveryConfig[] = [
    ...readEach(section, 'dns_sd_configs', 'dns.plain', readDns),
    ...readEach(section, 'file_sd_configs', 'file.plain', readFile),
    ...readEach(section, 'http_sd_configs', 'http.plain', readHttp),
    ...readEach(section, 'kubernetes_sd_configs', 'kubernetes.plain', readKubernetesDiscovery),
  ];
  const groups = readEach(section, 'static_configs', 'struct', (group) => {
    return readStaticGroup(group, checkTargets);
  });
  if (groups.length > 0) {
    const numbered = groups.map((group, index) => ({ ...group, source: String(index) }));
    configs.push({ kind: 'static', groups: numbered });
  }
  return configs;
}

function refuseUnsupported(section: YamlSection): void {
  for (const kind of UNSUPPORTED) {
    const name = `${kind}_sd_configs`;
    section.know([name]);
    if (!section.has(name)) continue;
    section.problemAtName(
      name,
      `${name} is not supported: there is no discovery of ${kind} targets`,
      'have a program write the targets for file_sd_configs, or serve them for http_sd_configs',
    );
  }
}

function readEach<T>(
  parent: YamlSection,
  name: string,
  goType: string,
  read: (section: YamlSection) => T | undefined,
): readonly T[] {
  const nodes = parent.items(name, `[]${goType}`, 'a list') ?? [];
  return nodes.flatMap((node) => {
    if (isNullNode(node)) {
      const fix = 'remove it or write what it is for';
      parent.reader.addProblem(node, `empty or null section in ${name}`, fix);
      return [];
    }
    return read(new YamlSection(parent.reader, node, goType)) ?? [];
  });
}

function readStaticGroup(
  section: YamlSection,
  checkTargets: boolean,
): Omit<StaticTargetGroup, 'source'> {
  const { reader } = section;
  const targets = (section.textItems('targets') ?? []).map(({ text, node }) => {
    if (checkTargets && text.includes('/')) {
      const problem = `${quote(text)} is not a valid hostname`;
      reader.addProblem(node, problem, 'write host:port; scheme and metrics_path are fields');
    }
    return text;
  });
  const labels = readLabels(section, 'labels', 'utf8');
  section.finish();
  return { targets, labels };
}

function readFile(section: YamlSection): FileDiscovery {
  const items = section.textItems('files') ?? [];
  if (items.length === 0) {
    const text = 'file service discovery config must contain at least one path name';
    section.problem('files', text);
  }
  const files = items.map(({ text, node }) => {
    if (!FILE_NAME.test(text)) {
      const problem = `path name ${quote(text)} is not valid for file discovery`;
      const fix = 'end it in .json, .yml or .yaml; only the last part may have a *';
      section.reader.addProblem(node, problem, fix);
    }
    return section.reader.joinDir(text);
  });
  const refreshIntervalMs = section.durationMs('refresh_interval', 300 * SECOND_MS);
  section.finish();
  return { kind: 'file', files, refreshIntervalMs };
}

function readHttp(section: YamlSection): HttpDiscovery {
  const url = section.string('url');
  const problem = findHttpUrlProblem(url);
  if (problem !== undefined) section.problem('url', problem, 'write it as http://host:port/path');
  const config: HttpDiscovery = {
    kind: 'http',
    url,
    refreshIntervalMs: section.durationMs('refresh_interval', 60 * SECOND_MS),
    httpClient: readHttpClient(section),
  };
  section.finish();
  return config;
}

/** @returns what is wrong with a URL that we are to fetch, or undefined */
export function findHttpUrlProblem(url: string): string | undefined {
  if (url === '') return 'URL is missing';
  try {
    const { scheme, host } = parseGoUrl(url);
    if (scheme !== 'http' && scheme !== 'https') return "URL scheme must be 'http' or 'https'";
    return host === '' ? 'host is missing in URL' : undefined;
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    return error.message;
  }
}

function readDns(section: YamlSection): DnsDiscovery {
  const names = section.strings('names');
  if (names.length === 0) {
    section.problem('names', 'DNS-SD config must contain at least one SRV record name');
  }
  const written = section.string('type', 'SRV');
  const recordType = RECORD_TYPES.find((type) => type === written.toUpperCase());
  if (recordType === undefined) {
    const fix = `use one of ${RECORD_TYPES.join(', ')}`;
    section.problem('type', `invalid DNS-SD records type ${written}`, fix);
  }
  const port = section.integer('port');
  if (port === 0 && recordType !== 'SRV' && recordType !== undefined) {
    const text = 'a port is required in DNS-SD configs for all record types except SRV';
    section.problem('port', text, 'add port');
  }
  const refreshIntervalMs = section.durationMs('refresh_interval', 30 * SECOND_MS);
  section.finish();
  return { kind: 'dns', names, recordType: recordType ?? 'SRV', port, refreshIntervalMs };
}
