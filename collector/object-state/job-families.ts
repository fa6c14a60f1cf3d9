/** Families of Jobs and CronJobs. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Condition, conditionStatusRows } from './conditions.ts';
import { nextTimeMs, parseCron } from './cron-schedule.ts';
import { type Family, gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { created, owner, presence, resourceVersion } from './meta-families.ts';
import { unixSeconds } from './times.ts';

interface Job extends KubernetesObject {
  readonly spec?: {
    readonly parallelism?: number;
    readonly completions?: number;
    readonly activeDeadlineSeconds?: number;
  };
  readonly status?: {
    readonly active?: number;
    readonly ready?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly startTime?: string | null;
    readonly completionTime?: string | null;
    readonly conditions?: readonly Condition[] | null;
  };
}

interface CronJob extends KubernetesObject {
  readonly spec?: {
    readonly schedule?: string;
    readonly timeZone?: string;
    readonly concurrencyPolicy?: string;
    readonly suspend?: boolean;
    readonly startingDeadlineSeconds?: number;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
  };
  readonly status?: {
    readonly active?: readonly unknown[] | null;
    readonly lastScheduleTime?: string | null;
    readonly lastSuccessfulTime?: string | null;
  };
}

const FAILURE_REASONS = ['BackoffLimitExceeded', 'DeadlineExceeded', 'Evicted'];

export const JOBS: ObjectFamilies<Job> = {
  name: 'jobs',
  resources: [api.JOBS],
  prefix: 'kube_job',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'job_name', metadata.name],
  families: [
    presence('kube_job', 'Job'),
    created('kube_job'),
    owner('kube_job', 'Job'),
    specNumber('parallelism', 'Pods that may run at a time.'),
    specNumber('completions', 'Pods that have to succeed.'),
    specNumber('activeDeadlineSeconds', 'Seconds that the Job may take.'),
    statusNumber('active', 'Pods that run.'),
    statusNumber('ready', 'Pods that are ready.'),
    statusNumber('succeeded', 'Pods that succeeded.'),
    gauge('kube_job_status_failed', 'Pods that failed, or the reason why the Job did.', failedRows),
    gauge('kube_job_complete', 'Whether the Job is complete.', (job: Job) =>
      conditionStatusRows(job.status?.conditions, 'Complete'),
    ),
    gauge('kube_job_failed', 'Whether the Job has failed.', (job: Job) =>
      conditionStatusRows(job.status?.conditions, 'Failed'),
    ),
    gauge('kube_job_status_suspended', '1 while the Job is suspended.', (job: Job) =>
      (job.status?.conditions ?? [])
        .filter(({ type }) => type === 'Suspended')
        .map(({ status }) => row(status === 'True' ? 1 : 0)),
    ),
    number('kube_job_status_start_time', 'When the Job started, Unix seconds.', (job: Job) =>
      unixSeconds(job.status?.startTime),
    ),
    number('kube_job_status_completion_time', 'When the Job ended, Unix seconds.', (job: Job) =>
      unixSeconds(job.status?.completionTime),
    ),
  ],
};

export const CRONJOBS: ObjectFamilies<CronJob> = {
  name: 'cronjobs',
  resources: [api.CRON_JOBS],
  prefix: 'kube_cronjob',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'cronjob', metadata.name],
  families: [
    created('kube_cronjob'),
    resourceVersion('kube_cronjob'),
    info('kube_cronjob_info', 'Schedule of the CronJob.', ({ spec }: CronJob) => [
      'schedule',
      spec?.schedule,
      'concurrency_policy',
      spec?.concurrencyPolicy,
      'timezone',
      spec?.timeZone ?? 'local',
    ]),
    number('kube_cronjob_status_active', 'Jobs that run.', ({ status }: CronJob) =>
      Array.isArray(status?.active) ? status.active.length : 0,
    ),
    number(
      'kube_cronjob_status_last_schedule_time',
      'When a Job was made last, Unix seconds.',
      ({ status }: CronJob) => unixSeconds(status?.lastScheduleTime),
    ),
    number(
      'kube_cronjob_status_last_successful_time',
      'When a Job succeeded last, Unix seconds.',
      ({ status }: CronJob) => unixSeconds(status?.lastSuccessfulTime),
    ),
    number(
      'kube_cronjob_next_schedule_time',
      'When the next Job is due, Unix seconds.',
      nextSchedule,
    ),
    gauge('kube_cronjob_schedule_invalid', '1 when the schedule is none.', ({ spec }: CronJob) =>
      parseCron(spec?.schedule ?? '', spec?.timeZone) === undefined ? [row(1)] : [],
    ),
    number('kube_cronjob_spec_suspend', '1 while the CronJob is suspended.', ({ spec }: CronJob) =>
      Number(spec?.suspend === true),
    ),
    number(
      'kube_cronjob_spec_starting_deadline_seconds',
      'Seconds that a Job may start late.',
      ({ spec }: CronJob) => spec?.startingDeadlineSeconds,
    ),
    number(
      'kube_cronjob_spec_successful_job_history_limit',
      'Successful Jobs that are kept.',
      ({ spec }: CronJob) => spec?.successfulJobsHistoryLimit,
    ),
    number(
      'kube_cronjob_spec_failed_job_history_limit',
      'Failed Jobs that are kept.',
      ({ spec }: CronJob) => spec?.failedJobsHistoryLimit,
    ),
  ],
};

function specNumber(
  field: 'parallelism' | 'completions' | 'activeDeadlineSeconds',
  help: string,
): Family<Job> {
  const suffix = field === 'activeDeadlineSeconds' ? 'active_deadline_seconds' : field;
  return number(`kube_job_spec_${suffix}`, help, ({ spec }) => spec?.[field]);
}

function statusNumber(field: 'active' | 'ready' | 'succeeded', help: string): Family<Job> {
  return number(`kube_job_status_${field}`, help, ({ status }) => status?.[field] ?? 0);
}

/** Per known reason 0 or 1; the number of Pods when the reason is none of them. */
function failedRows({ status }: Job) {
  const failed = status?.failed ?? 0;
  if (failed === 0) return [row(0)];
  const reasons = (status?.conditions ?? [])
    .filter(({ type }) => type === 'Failed')
    .map(({ reason }) => reason ?? '');
  const rows = reasons.flatMap((present) =>
    FAILURE_REASONS.map((reason) => row(reason === present ? 1 : 0, 'reason', reason)),
  );
  const isKnown = reasons.some((reason) => FAILURE_REASONS.includes(reason));
  return isKnown ? rows : [...rows, row(failed, 'reason', '')];
}

function nextSchedule({ metadata, spec, status }: CronJob): number | undefined {
  if (spec?.suspend === true) return undefined;
  const schedule = parseCron(spec?.schedule ?? '', spec?.timeZone);
  const since =
    unixSeconds(status?.lastScheduleTime) ?? unixSeconds(metadata.creationTimestamp) ?? undefined;
  if (schedule === undefined || since === undefined) return undefined;
  const nextMs = nextTimeMs(schedule, since * 1000);
  return nextMs === undefined ? undefined : nextMs / 1000;
}
