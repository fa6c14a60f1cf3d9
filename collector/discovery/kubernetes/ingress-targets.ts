/** Role `ingress`: one target per path of each rule, for probes from outside. */
import type { TargetGroup } from '../discoverer.ts';
import type { Ingress, IngressRule } from './discovered-objects.ts';
import { MetaLabels, namespaceOf } from './meta-labels.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';

export function buildIngress(
  ingress: Ingress,
  related: RelatedObjects,
  attached: AttachedMetadata,
): TargetGroup {
  const namespace = namespaceOf(ingress);
  const { ingressClassName, rules = [], tls = [] } = ingress.spec ?? {};
  const labels = new MetaLabels()
    .set('namespace', namespace)
    .set('ingress_class_name', ingressClassName)
    .object('ingress', ingress)
    .attachedNamespace(namespace, related, attached);
  const tlsHosts = tls.flatMap(({ hosts = [] }) => hosts);
  const targets = rules.flatMap((rule) => {
    const host = rule.host ?? '';
    const isTls = tlsHosts.some((pattern) => matchesHost(pattern, host));
    return pathsOf(rule).map((path) =>
      new MetaLabels()
        .plain('__address__', host)
        .set('ingress_scheme', isTls ? 'https' : 'http')
        .set('ingress_host', host)
        .set('ingress_path', path)
        .labels(),
    );
  });
  return {
    source: `ingress/${namespace}/${ingress.metadata.name}`,
    targets,
    labels: labels.labels(),
  };
}

function pathsOf({ http }: IngressRule): readonly string[] {
  return http === undefined ? ['/'] : (http.paths ?? []).map(({ path }) => path || '/');
}

/** `*.example.com` stands for one more part of a name, no fewer and no more. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  const [first, ...rest] = pattern.split('.');
  const [, ...hostRest] = host.split('.');
  return first === '*' && rest.join('.') === hostRest.join('.');
}
