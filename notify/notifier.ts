/** What a receiver's integration (webhook, email, …) is to the engine, and what it is given. */
import type { Labels } from '../model/labels.ts';

export type AlertStatus = 'firing' | 'resolved';

/** An alert as a message shows it. */
export interface NotifiedAlert {
  readonly status: AlertStatus;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** Undefined while it fires: nobody knows yet. */
  readonly endsAtMs: number | undefined;
  readonly generatorUrl: string;
  /** 16 hexadecimal digits. */
  readonly fingerprint: string;
}

/** Why a message goes out; Alertmanager's words, which payloads carry. */
export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'all alerts resolved'
  | 'some alerts resolved'
  | 'repeat interval elapsed';

/** State that an integration keeps from message to message, such as the id of the one to update. */
export type NotifierData = Readonly<Record<string, string | number>>;

/** One message to one receiver: the whole group, not what changed in it. */
export interface Notification {
  /** Name of the receiver. */
  readonly receiver: string;
  /** `firing` if any alert is. */
  readonly status: AlertStatus;
  /** At least one, by job, instance, then all labels; resolved ones only where they are wanted. */
  readonly alerts: readonly NotifiedAlert[];
  readonly reason: NotificationReason;
  readonly groupLabels: Labels;
  /** Those of the route, its parents' among them. Values may be templates, not yet expanded. */
  readonly routeLabels: Labels;
  /** `{}/{severity="critical"}:{alertname="X"}` */
  readonly groupKey: string;
  /** The flush this message belongs to. */
  readonly nowMs: number;
  /** Equal for each attempt of one message, and only for those: an idempotency key. */
  readonly id: string;
  /** What this integration returned with its last message of this group. */
  readonly data: NotifierData;
  /** Told of each answer of the service, without secrets: for tests that people make. */
  readonly onAnswer?: OnAnswer | undefined;
}

/** @param text the body, or for mail what the server said */
export type OnAnswer = (status: number, text: string) => void;

/** Values of the label `reason` of `alertmanager_notifications_failed_total`. */
export type FailureReason =
  | 'other'
  | 'clientError'
  | 'serverError'
  | 'contextCanceled'
  | 'contextDeadlineExceeded'
  | 'authError'
  | 'rateLimited';

export type NotifyResult =
  | {
      readonly kind: 'sent';
      readonly data?: NotifierData;
      /** Told, but not as it should be: one of several addresses refused it. */
      readonly warning?: string;
    }
  | {
      readonly kind: 'failed';
      /** Worth another attempt within this flush. */
      readonly retry: boolean;
      readonly reason: FailureReason;
      /** Without secrets. */
      readonly message: string;
      /** The service asked to be left alone for so long. */
      readonly retryAfterMs?: number;
    };

/** Sends messages of one integration of one receiver. */
export interface Notifier {
  /**
   * One attempt. Expected failures are results; what is thrown is a bug, and is not tried again.
   * @param signal fires when the flush is out of time; the attempt then ends soon
   */
  notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult>;
}

/** A notifier and where it stands in the configuration: `receiver/webhook[0]`. */
export interface Integration {
  readonly receiver: string;
  /** `webhook`, `email`, … */
  readonly kind: string;
  /** Among those of its kind in the receiver, from 0. */
  readonly index: number;
  readonly sendResolved: boolean;
  readonly notifier: Notifier;
}
