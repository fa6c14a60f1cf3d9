/** The manifest that grants what is missing, ready for `kubectl apply -f -`. */
import { stringify } from 'yaml';
import type { CheckedRule, MissingRight } from './check-access.ts';

const NAME = 'watchkeeper-missing';

/** Who we are to the API server. */
export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

interface RoleRule {
  apiGroups?: string[];
  nonResourceURLs?: string[];
  resources?: string[];
  verbs: string[];
}

/** @returns '' when nothing is missing that is not optional */
export function missingRoles(checked: readonly CheckedRule[], identity: Identity): string {
  const missing = checked.flatMap(({ rule, missing }) => (rule.optional ? [] : missing));
  const byNamespace = Map.groupBy(missing, ({ namespace }) => namespace);
  const documents = [...byNamespace].flatMap(([namespace, rights]) => {
    const kind = namespace === '' ? 'ClusterRole' : 'Role';
    const metadata = namespace === '' ? { name: NAME } : { name: NAME, namespace };
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    return [
      { apiVersion, kind, metadata, rules: rulesOf(rights) },
      {
        apiVersion,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: NAME },
        subjects: [subjectOf(identity)],
      },
    ];
  });
  return documents.map((one) => stringify(one, { lineWidth: 0 })).join('---\n');
}

/** Rights of one group and the same verbs are one rule. */
function rulesOf(rights: readonly MissingRight[]): readonly RoleRule[] {
  const verbsOf = new Map<
    string,
    { group: string; name: string; isPath: boolean; verbs: string[] }
  >();
  for (const { apiGroup, resource, nonResourceURL, verb } of rights) {
    const isPath = nonResourceURL !== '';
    const name = isPath ? nonResourceURL : resource;
    const key = JSON.stringify([isPath, apiGroup, name]);
    const known = verbsOf.get(key) ?? { group: apiGroup, name, isPath, verbs: [] };
    known.verbs.push(verb);
    verbsOf.set(key, known);
  }
  const alike = Map.groupBy(verbsOf.values(), ({ isPath, group, verbs }) => {
    return JSON.stringify([isPath, group, verbs]);
  });
  return [...alike.values()].map((same) => {
    const names = same.map(({ name }) => name);
    const [{ group, isPath, verbs } = { group: '', isPath: false, verbs: [] }] = same;
    return isPath
      ? { nonResourceURLs: names, verbs }
      : { apiGroups: [group], resources: names, verbs };
  });
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function subjectOf({ username }: Identity) {
  const [, namespace, name] = SERVICE_ACCOUNT.exec(username) ?? [];
  return namespace === undefined
    ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: username }
    : { kind: 'ServiceAccount', name, namespace };
}
