/** Asks an API server which of the needed rights we have. */
import type { Cluster } from '../cluster.ts';
import { NEEDED_RULES, type NeededRule } from './needed-rules.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

interface Question {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly url: string;
  readonly verb: string;
  readonly namespace: string;
}

/** A right that is missing; `namespace` is '' for the whole cluster. */
export interface MissingRight {
  readonly apiGroup: string;
  /** 'nodes/metrics', or '' for a path. */
  readonly resource: string;
  readonly nonResourceURL: string;
  readonly verb: string;
  readonly namespace: string;
}

export interface CheckedRule {
  readonly rule: NeededRule;
  readonly missing: readonly MissingRight[];
}

/**
 * @param namespaces those that are watched; none for all
 * @throws ClusterUnreachable, ApiStatusError
 */
export function checkAccess(
  cluster: Cluster,
  namespaces: readonly string[],
): Promise<readonly CheckedRule[]> {
  return Promise.all(
    NEEDED_RULES.map(async (rule) => {
      const questions = questionsOf(rule, namespaces);
      const answers = await Promise.all(questions.map((question) => ask(cluster, question)));
      return { rule, missing: questions.filter((_, i) => answers[i] === false).map(missingRight) };
    }),
  );
}

function questionsOf(rule: NeededRule, namespaces: readonly string[]): readonly Question[] {
  const paths = rule.nonResourceURLs.flatMap((url) => {
    return rule.verbs.map((verb) => {
      return { group: '', resource: '', subresource: '', url, verb, namespace: '' };
    });
  });
  const inNamespaces = rule.namespaced && namespaces.length > 0 ? namespaces : [''];
  const objects = rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((full) =>
      rule.verbs.flatMap((verb) =>
        inNamespaces.map((namespace) => {
          const [resource = '', subresource = ''] = full.split('/');
          return { group, resource, subresource, url: '', verb, namespace };
        }),
      ),
    ),
  );
  return [...paths, ...objects];
}

async function ask(cluster: Cluster, question: Question): Promise<boolean> {
  const { group, resource, subresource, url, verb, namespace } = question;
  const spec =
    url === ''
      ? { resourceAttributes: { group, resource, subresource, verb, namespace } }
      : { nonResourceAttributes: { path: url, verb } };
  const answer = await cluster.json<{ status?: { allowed?: boolean } }>({
    method: 'POST',
    path: REVIEWS,
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec,
    }),
  });
  return answer.status?.allowed === true;
}

function missingRight({
  group,
  resource,
  subresource,
  url,
  verb,
  namespace,
}: Question): MissingRight {
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return { apiGroup: group, resource: full, nonResourceURL: url, verb, namespace };
}
