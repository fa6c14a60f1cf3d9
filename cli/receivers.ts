/** What other programs hand samples to, over one store. */
import type { Registry } from 'prom-client';
import type { AppDeps } from '../api/app.ts';
import { OtlpReceiver } from '../collector/otlp/otlp-receiver.ts';
import { TextPushReceiver } from '../collector/push/text-push.ts';
import { RemoteWriteReceiver } from '../collector/remote-write/receiver.ts';
import type { Config } from '../config/types.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';

export function createReceivers(
  sink: SampleSink,
  config: () => Config,
  registry: Registry,
  logger: Logger,
): AppDeps['write'] {
  return {
    remoteWrite: new RemoteWriteReceiver(sink, registry, logger, Date.now),
    otlp: new OtlpReceiver(sink, () => config().otlp, registry, logger, Date.now),
    textPush: new TextPushReceiver(sink, registry, logger, Date.now),
  };
}
