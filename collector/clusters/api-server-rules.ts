/** Of an API server's 20,000 series most are histogram buckets that no usual rule asks for. */
import type { RelabelConfig } from '../../config/types.ts';
import { dropNames } from './cadvisor-rules.ts';
import { rule } from './job-config.ts';

/** As kube-prometheus; its rules on latency objectives read 1, 5 and 30. */
const DROPPED_BOUNDS =
  '0\\.(15|2|25|3|35|4|45|6|7|8|9)|1\\.(25|5|75)|2|2\\.5|3|3\\.5|4|4\\.5|6|7|8|9|15|20|25|40|45|50';

const LATENCIES = '(etcd_request|apiserver_request(_slo|_sli)?)_duration_seconds_bucket';

/** Sums and counts of these stay. */
const BUCKETS =
  'apiserver_(request_body_size_bytes|response_sizes|watch_events_sizes|watch_list_duration_seconds' +
  '|watch_cache_read_wait_seconds|admission_(controller|step)_admission_duration_seconds' +
  '|flowcontrol_(priority_level_request_utilization|priority_level_seat_utilization|demand_seats' +
  '|work_estimated_seats|request_queue_length_after_enqueue|read_vs_write_current_requests))_bucket';

/** Settable by `components.api_server.drop_buckets`. */
export function apiServerRules(): readonly RelabelConfig[] {
  return [
    rule({
      action: 'drop',
      sourceLabels: ['__name__', 'le'],
      regex: `${LATENCIES};(${DROPPED_BOUNDS})(\\.0)?`,
    }),
    dropNames(BUCKETS),
    dropNames('etcd_(debugging|disk|server).*'),
  ];
}
