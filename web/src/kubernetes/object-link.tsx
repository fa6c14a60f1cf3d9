import { Link } from '@tanstack/react-router';

export interface ObjectLinkProps {
  readonly cluster: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Its kind, namespace and name unless told. */
  readonly text?: string;
}

const WORKLOADS = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicaSet',
]);

/** To the page of an object, if its kind has one. */
export function ObjectLink({ cluster, kind, namespace, name, ...props }: ObjectLinkProps) {
  const path = namespace === '' ? name : `${namespace}/${name}`;
  const { text = `${kind} ${path}` } = props;
  if (kind === 'Node') {
    return (
      <Link to="/c/$cluster/nodes/$node" params={{ cluster, node: name }}>
        {text}
      </Link>
    );
  }
  if (kind === 'Pod') {
    return (
      <Link to="/c/$cluster/ns/$namespace/pod/$pod" params={{ cluster, namespace, pod: name }}>
        {text}
      </Link>
    );
  }
  if (WORKLOADS.has(kind)) {
    return (
      <Link to="/c/$cluster/ns/$namespace/$kind/$name" params={{ cluster, namespace, kind, name }}>
        {text}
      </Link>
    );
  }
  return <span>{text}</span>;
}
