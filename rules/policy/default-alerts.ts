/**
 * What is watched besides the catalogue's metrics, under the names that kubernetes-mixin has for it.
 * Expressions are ours, over the metrics of kube-state-metrics, kubelet and the API server.
 */

export interface DefaultAlert {
  readonly name: string;
  /** A template of rules. */
  readonly summary: string;
  readonly expr: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly forMinutes: number;
}

const POD = '{{ $labels.namespace }}/{{ $labels.pod }}';

export const DEFAULT_ALERTS: readonly DefaultAlert[] = [
  {
    name: 'KubePodCrashLooping',
    summary: `${POD}: container {{ $labels.container }} crashes again and again`,
    expr: 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubePodNotReady',
    summary: `${POD} has been neither running nor done for 15 minutes`,
    expr: 'sum by (cluster, namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"} == 1) unless on (cluster, namespace, pod) kube_pod_owner{owner_kind="Job"}',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeDeploymentReplicasMismatch',
    summary: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} lacks replicas',
    expr: '(kube_deployment_spec_replicas > kube_deployment_status_replicas_available) and (changes(kube_deployment_status_replicas_updated[10m]) == 0)',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeDeploymentRolloutStuck',
    summary: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} does not get on',
    expr: 'kube_deployment_status_condition{condition="Progressing",status="false"} == 1',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeStatefulSetReplicasMismatch',
    summary: 'StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} lacks replicas',
    expr: '(kube_statefulset_replicas != kube_statefulset_status_replicas_ready) and (changes(kube_statefulset_status_replicas_updated[10m]) == 0)',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeDaemonSetRolloutStuck',
    summary: 'DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} is not everywhere',
    expr: '(kube_daemonset_status_desired_number_scheduled > kube_daemonset_status_number_available) and (changes(kube_daemonset_status_updated_number_scheduled[5m]) == 0)',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeContainerWaiting',
    summary: `${POD}: container {{ $labels.container }} waits for an hour ({{ $labels.reason }})`,
    expr: 'sum by (cluster, namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{reason!="CrashLoopBackOff"}) > 0',
    severity: 'warning',
    forMinutes: 60,
  },
  {
    name: 'KubeJobFailed',
    summary: 'Job {{ $labels.namespace }}/{{ $labels.job_name }} has failed',
    expr: 'kube_job_failed{condition="true"} > 0',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeJobNotCompleted',
    summary: 'Job {{ $labels.namespace }}/{{ $labels.job_name }} has been running for 12 hours',
    expr: 'time() - max by (cluster, namespace, job_name) (kube_job_status_start_time and kube_job_status_active > 0) > 43200',
    severity: 'warning',
    forMinutes: 1,
  },
  {
    name: 'KubeHpaMaxedOut',
    summary: 'HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum',
    expr: '(kube_horizontalpodautoscaler_status_current_replicas == kube_horizontalpodautoscaler_spec_max_replicas) and (kube_horizontalpodautoscaler_spec_max_replicas != kube_horizontalpodautoscaler_spec_min_replicas)',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeNodeUnreachable',
    summary: 'Node {{ $labels.node }} cannot be reached',
    expr: '(kube_node_spec_taint{key="node.kubernetes.io/unreachable",effect="NoSchedule"} unless on (cluster, node) kube_node_spec_taint{key=~"ToBeDeletedByClusterAutoscaler|cloud.google.com/impending-node-termination|aws-node-termination-handler/spot-itn"}) == 1',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeNodeReadinessFlapping',
    summary: 'Node {{ $labels.node }} is ready and not ready by turns',
    expr: 'sum by (cluster, node) (changes(kube_node_status_condition{condition="Ready",status="true"}[15m])) > 2',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeletDown',
    summary: 'No kubelet answers',
    expr: 'absent(up{job="kubelet"} == 1) and on () (count(kube_node_info) > 0)',
    severity: 'critical',
    forMinutes: 15,
  },
  {
    name: 'KubeletPlegDurationHigh',
    summary: 'The kubelet of {{ $labels.node }} takes {{ $value }} s to look at its Pods',
    expr: 'histogram_quantile(0.99, sum by (cluster, node, le) (rate(kubelet_pleg_relist_duration_seconds_bucket{job="kubelet"}[5m]))) >= 10',
    severity: 'warning',
    forMinutes: 5,
  },
  {
    name: 'KubeletClientCertificateExpiration',
    summary: 'The client certificate of the kubelet of {{ $labels.node }} ends within a week',
    expr: 'kubelet_certificate_manager_client_ttl_seconds < 604800',
    severity: 'warning',
    forMinutes: 5,
  },
  {
    name: 'KubeletServerCertificateExpiration',
    summary: 'The server certificate of the kubelet of {{ $labels.node }} ends within a week',
    expr: 'kubelet_certificate_manager_server_ttl_seconds < 604800',
    severity: 'warning',
    forMinutes: 5,
  },
  {
    name: 'KubeCPUOvercommit',
    summary: 'Requests for CPU would not fit if a node of {{ $labels.cluster }} was lost',
    expr: '(sum by (cluster) (wk_container_requests{resource="cpu"}) - (sum by (cluster) (wk_node_allocatable{resource="cpu"}) - max by (cluster) (wk_node_allocatable{resource="cpu"})) > 0) and (count by (cluster) (wk_node_allocatable{resource="cpu"}) > 1)',
    severity: 'warning',
    forMinutes: 10,
  },
  {
    name: 'KubeMemoryOvercommit',
    summary: 'Requests for memory would not fit if a node of {{ $labels.cluster }} was lost',
    expr: '(sum by (cluster) (wk_container_requests{resource="memory"}) - (sum by (cluster) (wk_node_allocatable{resource="memory"}) - max by (cluster) (wk_node_allocatable{resource="memory"})) > 0) and (count by (cluster) (wk_node_allocatable{resource="memory"}) > 1)',
    severity: 'warning',
    forMinutes: 10,
  },
  {
    name: 'KubeQuotaAlmostFull',
    summary: 'Quota {{ $labels.resource }} of {{ $labels.namespace }} is used to more than 90 %',
    expr: '0.9 < max without (type) (kube_resourcequota{type="used"}) / max without (type) (kube_resourcequota{type="hard"} > 0) < 1',
    severity: 'info',
    forMinutes: 15,
  },
  {
    name: 'KubeQuotaExceeded',
    summary: 'Quota {{ $labels.resource }} of {{ $labels.namespace }} is exceeded',
    expr: 'max without (type) (kube_resourcequota{type="used"}) / max without (type) (kube_resourcequota{type="hard"} > 0) > 1',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubePdbNotEnoughHealthyPods',
    summary:
      'Disruption budget {{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} lacks healthy Pods',
    expr: 'kube_poddisruptionbudget_status_desired_healthy - kube_poddisruptionbudget_status_current_healthy > 0',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeAPITerminatedRequests',
    summary: 'The API server gives up {{ $value }} of its requests',
    expr: 'sum by (cluster) (rate(apiserver_request_terminations_total{job="apiserver"}[10m])) / (sum by (cluster) (rate(apiserver_request_total{job="apiserver"}[10m])) + sum by (cluster) (rate(apiserver_request_terminations_total{job="apiserver"}[10m]))) > 0.2',
    severity: 'warning',
    forMinutes: 5,
  },
  {
    name: 'KubeAggregatedAPIDown',
    summary: 'The API {{ $labels.name }} is not there',
    expr: '(1 - max by (cluster, name) (avg_over_time(aggregator_unavailable_apiservice[10m]))) * 100 < 85',
    severity: 'warning',
    forMinutes: 5,
  },
  {
    name: 'KubeVersionMismatch',
    summary: 'Components of {{ $labels.cluster }} are of {{ $value }} versions',
    expr: 'count by (cluster) (count by (cluster, git_version) (label_replace(kubernetes_build_info{job!~"kube-dns|coredns"}, "git_version", "$1", "git_version", "(v[0-9]+.[0-9]+).*"))) > 1',
    severity: 'warning',
    forMinutes: 15,
  },
  {
    name: 'KubeClientErrors',
    summary:
      '{{ $labels.job }} {{ $labels.instance }} fails with {{ $value }} of its requests to the API server',
    expr: 'sum by (cluster, job, instance) (rate(rest_client_requests_total{code=~"5.."}[5m])) / sum by (cluster, job, instance) (rate(rest_client_requests_total[5m])) > 0.01',
    severity: 'warning',
    forMinutes: 15,
  },
];
