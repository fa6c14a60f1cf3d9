/** Words of facts in messages. */

export interface MessageWords {
  readonly value: string;
  readonly threshold: string;
  readonly object: string;
  readonly since: string;
  readonly duration: string;
  readonly severity: string;
  readonly summary: string;
  readonly event: string;
  readonly change: string;
  readonly alarms: string;
  readonly runbook: string;
  readonly policy: string;
  readonly explore: string;
  readonly why: string;
  readonly pod: string;
  readonly workload: string;
  readonly node: string;
  readonly cluster: string;
  readonly more: (count: number) => string;
}

export const MESSAGE_WORDS: Readonly<Record<'en' | 'zh-CN', MessageWords>> = {
  en: {
    value: 'Value',
    threshold: 'Threshold',
    object: 'Object',
    since: 'Since',
    duration: 'Lasted',
    severity: 'Severity',
    summary: 'Summary',
    event: 'Event',
    change: 'Change',
    alarms: 'In this message',
    runbook: 'Runbook',
    policy: 'Policy',
    explore: 'Explore',
    why: 'Alerts',
    pod: 'Pod',
    workload: 'Workload',
    node: 'Node',
    cluster: 'Cluster',
    more: (count) => `${count} alarms`,
  },
  'zh-CN': {
    value: '当前值',
    threshold: '阈值',
    object: '对象',
    since: '开始时间',
    duration: '持续时间',
    severity: '级别',
    summary: '摘要',
    event: '事件',
    change: '变更',
    alarms: '本消息',
    runbook: '处理手册',
    policy: '告警策略',
    explore: '查询',
    why: '告警',
    pod: 'Pod',
    workload: '工作负载',
    node: '节点',
    cluster: '集群',
    more: (count) => `${count} 条告警`,
  },
};
