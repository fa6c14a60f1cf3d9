/** What the answers to "why" are made of in the running program. */
import type { AcknowledgeDeps } from '../api/acknowledge/acknowledge-routes.ts';
import type { RecurringSilenceDeps } from '../api/acknowledge/recurring-silence-routes.ts';
import type { WhyDeps } from '../api/why/why-answer.ts';
import type { Engine } from '../promql/engine/engine.ts';
import { engineQuery } from '../rules/evaluation/rule-query.ts';
import type { Store } from '../store/store.ts';
import type { ProgramNotifications } from './notifications.ts';
import type { ProgramRules } from './rules.ts';

export interface WhyParts {
  readonly store: Store;
  readonly notifications: ProgramNotifications;
  readonly rules: ProgramRules;
  readonly engine: Engine;
}

export function whyDeps({
  store,
  notifications,
  rules,
  engine,
}: WhyParts): WhyDeps & AcknowledgeDeps & RecurringSilenceDeps {
  return {
    decisions: store.decisionSource,
    source: notifications,
    groups: () => rules.manager.groups,
    query: engineQuery(engine),
    recurring: notifications.recurring,
    acknowledgements: notifications.acknowledgements,
    sink: store.decisionSink,
    now: Date.now,
  };
}
