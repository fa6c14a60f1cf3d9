/** Alarm policies in the running program: what is kept becomes rules and routes. */
import type { BackTestRouteDeps } from '../api/back-test/back-test-routes.ts';
import type { PolicyRouteDeps } from '../api/policies/policy-routes.ts';
import type { ObjectState } from '../collector/object-state/object-state.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { ClusterHistorySink, ClusterHistorySource } from '../model/cluster-history.ts';
import type { DocumentStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';
import type { MessageSettings } from '../notify/extras/message-extras.ts';
import type { ParserOptions } from '../promql/ast.ts';
import { createEngine, type Engine } from '../promql/engine/engine.ts';
import type { RuleGroup } from '../rules/evaluation/rule-group.ts';
import { EventPolicies } from '../rules/event-policy/event-policies.ts';
import { findCatalogueMetric } from '../rules/policy/catalogue-metrics.ts';
import { withPolicies } from '../rules/policy/compile-notifications.ts';
import { defaultPolicies } from '../rules/policy/default-policies.ts';
import { PolicyRegistry } from '../rules/policy/policy-registry.ts';
import { enginePolicyQuery } from '../rules/policy-evaluation/engine-policy-query.ts';
import { POLICY_QUERY_OFFSET_MS } from './back-tests.ts';
import type { LateMessageExtras } from './message-extras.ts';
import type { ProgramNotifications } from './notifications.ts';
import { policyTargets } from './policy-targets.ts';
import type { ProgramRules } from './rules.ts';

export interface PolicyParts {
  readonly documents: DocumentStore;
  readonly rules: ProgramRules;
  readonly notifications: ProgramNotifications;
  readonly parser: ParserOptions;
  readonly sink: SampleSink;
  /** As people open the program. */
  readonly externalUrl: URL;
  readonly logger: Logger;
  /** The window of rates in shipped policies. */
  readonly windowMs: number;
  /** Whether what shipped policies are about is recorded. */
  readonly isCatalogueRecorded: () => boolean;
  readonly engine: Engine;
  readonly history: ClusterHistorySource;
  /** Told of the objects that only Kubernetes' own labels name. */
  readonly objectState: Pick<ObjectState, 'setPolicyTargets'>;
  /** Gets to know what messages say of alarms. */
  readonly messages: LateMessageExtras;
  readonly messageSettings: () => MessageSettings;
}

export class ProgramPolicies {
  readonly registry: PolicyRegistry;
  readonly events: EventPolicies;
  readonly #parts: PolicyParts;

  constructor(parts: PolicyParts) {
    const { documents, parser, logger, windowMs, notifications, sink, externalUrl } = parts;
    this.#parts = parts;
    this.events = new EventPolicies({
      clock: SYSTEM_CLOCK,
      alerts: notifications,
      sink,
      externalUrl: externalUrl.href.replace(/\/+$/, ''),
    });
    this.events.start();
    this.registry = new PolicyRegistry({
      documents,
      logger,
      presets: defaultPolicies({ parser, windowMs }),
      compile: {
        findMetric: findCatalogueMetric,
        parser,
        queryOffsetMs: POLICY_QUERY_OFFSET_MS,
      },
      changed: () => this.apply(),
    });
    parts.messages.know({
      findPolicy: (id) => this.registry.list().find(({ policy }) => policy.id === id)?.policy,
      findMetric: findCatalogueMetric,
      parser,
      query: enginePolicyQuery(parts.engine),
      history: parts.history,
      externalUrl: externalUrl.href.replace(/\/+$/, ''),
      settings: parts.messageSettings,
      logger,
    });
  }

  /** Events go to the policies too on their way to where they are kept. */
  watchEvents(sink: ClusterHistorySink): ClusterHistorySink {
    return {
      appendEvents: (events) => {
        sink.appendEvents(events);
        this.events.take(events).catch((error: unknown) => {
          this.#parts.logger.error('events were not judged by alarm policies', { error });
        });
      },
      appendRevisions: (revisions) => sink.appendRevisions(revisions),
    };
  }

  /** Of all rules that run. */
  get groups(): readonly RuleGroup[] {
    return this.#parts.rules.manager.groups;
  }

  /** Puts all policies in force, as they are now. */
  apply(): void {
    const { rules, notifications, isCatalogueRecorded, objectState } = this.#parts;
    const isPresetInForce = isCatalogueRecorded();
    const policies = this.registry.enabled().filter(({ preset }) => isPresetInForce || !preset);
    objectState.setPolicyTargets(policies.flatMap(policyTargets));
    rules.setPolicyFiles(policies.map((policy) => this.registry.compile(policy).file));
    this.events.setPolicies(policies);
    notifications.setAdapt((config) => withPolicies(config, policies));
  }
}

/** What the API of policies is made of. */
export function policyDeps(
  policies: ProgramPolicies,
  backTest: BackTestRouteDeps,
): PolicyRouteDeps {
  return {
    registry: policies.registry,
    groups: () => policies.groups,
    eventFiringCount: (id) => policies.events.firingCount(id),
    backTest,
    query: enginePolicyQuery(createEngine(backTest.source, backTest.engine)),
    findMetric: findCatalogueMetric,
    now: Date.now,
  };
}
