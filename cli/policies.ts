/** Alarm policies in the running program: what is kept becomes rules and routes. */
import type { BackTestRouteDeps } from '../api/back-test/back-test-routes.ts';
import type { PolicyRouteDeps } from '../api/policies/policy-routes.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { ClusterHistorySink } from '../model/cluster-history.ts';
import type { DocumentStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';
import type { ParserOptions } from '../promql/ast.ts';
import { createEngine } from '../promql/engine/engine.ts';
import type { RuleGroup } from '../rules/evaluation/rule-group.ts';
import { EventPolicies } from '../rules/event-policy/event-policies.ts';
import { findCatalogueMetric } from '../rules/policy/catalogue-metrics.ts';
import { withPolicies } from '../rules/policy/compile-notifications.ts';
import { defaultPolicies } from '../rules/policy/default-policies.ts';
import { PolicyRegistry } from '../rules/policy/policy-registry.ts';
import { enginePolicyQuery } from '../rules/policy-evaluation/engine-policy-query.ts';
import { POLICY_QUERY_OFFSET_MS } from './back-tests.ts';
import type { ProgramNotifications } from './notifications.ts';
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
    const { rules, notifications, isCatalogueRecorded } = this.#parts;
    const isPresetInForce = isCatalogueRecorded();
    const policies = this.registry.enabled().filter(({ preset }) => isPresetInForce || !preset);
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
