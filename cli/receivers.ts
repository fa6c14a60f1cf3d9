/** Where other programs hand samples over or read them, over one store. */
import type { Registry } from 'prom-client';
import type { AppDeps } from '../api/app.ts';
import { OtlpReceiver } from '../collector/otlp/otlp-receiver.ts';
import { TextPushReceiver } from '../collector/push/text-push.ts';
import { RemoteReadHandler } from '../collector/remote-read/read-handler.ts';
import type { ForwardingSink } from '../collector/remote-send/forwarding-sink.ts';
import { RemoteWriteManager } from '../collector/remote-send/remote-write-manager.ts';
import { RemoteWriteReceiver } from '../collector/remote-write/receiver.ts';
import type { Config } from '../config/types.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';
import type { SampleSource } from '../model/source.ts';
import type { Store } from '../store/store.ts';

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

export function createRemoteRead(
  source: SampleSource,
  config: () => Config,
  samplesMax: number,
): AppDeps['read'] {
  const externalLabels = (): Labels => config().global.externalLabels;
  return { remoteRead: new RemoteReadHandler({ source, externalLabels, samplesMax }) };
}

/** What goes into the sink goes on to the receivers of `remote_write`. */
export function createRemoteWrite(
  sink: ForwardingSink,
  store: Pick<Store, 'labelsOf'>,
  registry: Registry,
  logger: Logger,
): RemoteWriteManager {
  return new RemoteWriteManager({
    sink,
    labelsOf: (ref) => store.labelsOf(ref),
    registry,
    logger: logger.with({ component: 'remote write' }),
    clock: SYSTEM_CLOCK,
  });
}
