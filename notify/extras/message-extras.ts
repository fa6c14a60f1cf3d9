/** What a message of an alarm policy has besides its templates: facts, links, and a chart as a picture. */
import type { Logger } from '../../model/logger.ts';
import type { Notification } from '../notifier.ts';
import type { ChartData, MessageLanguage } from '../picture/chart-data.ts';
import { type Picture, PictureRenderer } from '../picture/picture-renderer.ts';

export interface MessageFact {
  readonly name: string;
  readonly value: string;
}

export interface MessageLink {
  readonly name: string;
  readonly url: string;
}

/** What is known of the alarm that a message is about. */
export interface MessageDetails {
  readonly title: string;
  readonly facts: readonly MessageFact[];
  readonly links: readonly MessageLink[];
  /** Undefined where nothing can be drawn. */
  readonly chart: ChartData | undefined;
}

export interface MessageExtras extends Omit<MessageDetails, 'chart'> {
  readonly picture: Picture | undefined;
  /** Of few bytes, for services that take a picture only within their JSON. */
  readonly smallPicture: () => Promise<Picture | undefined>;
}

export interface MessageSettings {
  /** False: messages are as their templates make them. */
  readonly facts: boolean;
  readonly pictures: boolean;
  readonly language: MessageLanguage;
  /** IANA name. */
  readonly timezone: string;
}

/** @returns undefined for what is no alarm of a policy. Whatever it throws, the message goes. */
export type FindDetails = (
  notification: Notification,
  settings: MessageSettings,
  signal: AbortSignal,
) => Promise<MessageDetails | undefined>;

/** A message waits so long at most. */
const WAIT_MS_MAX = 8000;
/** One group is told to several receivers at once, and again when one of them fails. */
const KEPT_MAX = 32;
const SMALL_SCALE = 1;

export class MessageExtrasSource {
  readonly #find: FindDetails;
  readonly #settings: () => MessageSettings;
  readonly #logger: Logger;
  readonly #renderer: PictureRenderer;
  readonly #kept = new Map<string, Promise<MessageExtras | undefined>>();

  constructor(find: FindDetails, settings: () => MessageSettings, logger: Logger) {
    this.#find = find;
    this.#settings = settings;
    this.#logger = logger;
    this.#renderer = new PictureRenderer(logger);
  }

  /** Never fails, and never takes longer than `WAIT_MS_MAX`. */
  of(notification: Notification): Promise<MessageExtras | undefined> {
    if (!this.#settings().facts) return Promise.resolve(undefined);
    if (!notification.alerts.some(({ labels }) => labels.has('policy_id'))) {
      return Promise.resolve(undefined);
    }
    const key = keyOf(notification);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#inTime(notification);
    this.#kept.set(key, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }

  async #inTime(notification: Notification): Promise<MessageExtras | undefined> {
    const signal = AbortSignal.timeout(WAIT_MS_MAX);
    const late = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined));
    });
    try {
      return await Promise.race([this.#make(notification, signal), late]);
    } catch (error) {
      this.#logger.warn('facts of a message were not found', { error });
      return undefined;
    }
  }

  async #make(notification: Notification, signal: AbortSignal): Promise<MessageExtras | undefined> {
    const settings = this.#settings();
    const details = await this.#find(notification, settings, signal);
    if (details === undefined) return undefined;
    const { chart, ...rest } = details;
    if (chart === undefined || !settings.pictures) {
      return { ...rest, picture: undefined, smallPicture: () => Promise.resolve(undefined) };
    }
    return {
      ...rest,
      picture: await this.#renderer.render(chart),
      smallPicture: () => this.#renderer.render(chart, SMALL_SCALE),
    };
  }
}

function keyOf({ groupKey, nowMs, alerts }: Notification): string {
  const states = alerts.map(({ fingerprint, status }) => `${fingerprint}${status}`);
  return [groupKey, nowMs, ...states].join('\n');
}
