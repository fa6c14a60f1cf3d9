/** A target that is scraped by hand, our sender, and a receiver that answers as it is told. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { INGEST_DEFAULTS } from '../../collector/ingest/ingest-options.ts';
import { TargetIngest } from '../../collector/ingest/target-ingest.ts';
import { ForwardingSink } from '../../collector/remote-send/forwarding-sink.ts';
import { RemoteWriteManager } from '../../collector/remote-send/remote-write-manager.ts';
import type { Config, QueueConfig, RemoteWriteConfig } from '../../config/types.ts';
import { type Clock, SYSTEM_CLOCK } from '../../model/clock.ts';
import { Labels } from '../../model/labels.ts';
import { type LogFields, type Logger, SILENT_LOGGER } from '../../model/logger.ts';
import { httpClientConfig } from '../collector-configs.ts';
import { RecordingSink } from '../recording-sink.ts';
import { until } from '../until.ts';
import { type CapturedRequest, readCaptured } from './captured-request.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `hang`: never; `cut`: the connection is closed amid the answer. */
  readonly way?: 'hang' | 'cut' | 'garbage';
}

export interface SenderRigOptions {
  readonly message?: RemoteWriteConfig['protobufMessage'];
  readonly queue?: Partial<QueueConfig>;
  readonly config?: Partial<RemoteWriteConfig>;
  /** Of the first requests; all others are taken. */
  readonly answers?: readonly Answer[];
  readonly answer?: (request: CapturedRequest) => Answer | undefined;
  readonly convertsHistograms?: boolean;
  /** The time to send what waits at the end is over at once. */
  readonly flushesNothing?: boolean;
}

/** Timers longer than this are those that come round; tests do not wait for them. */
const LONG_MS = 9000;
const TARGET = { job: 'test', instance: 'localhost:1' };

export class SenderRig {
  readonly requests: CapturedRequest[] = [];
  /** Those that were answered with 2xx. */
  readonly accepted: CapturedRequest[] = [];
  readonly store = new RecordingSink();
  /** Delays that were asked for, in milliseconds. */
  readonly delays: number[] = [];
  readonly logged: string[] = [];
  readonly registry = new Registry();
  readonly sink = new ForwardingSink(this.store);
  readonly manager: RemoteWriteManager;
  readonly #server: Server;
  readonly #target: TargetIngest;
  readonly #options: SenderRigOptions;
  #timeMs = Date.now() - 60_000;
  #isStopping = false;

  constructor(options: SenderRigOptions = {}) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        const captured = readCaptured(headers, Buffer.concat(parts));
        const listed = options.answers?.[this.requests.length];
        this.requests.push(captured);
        const answer = listed ?? options.answer?.(captured) ?? { status: 204 };
        if (answer.status < 300 && answer.way === undefined) this.accepted.push(captured);
        if (answer.way === 'hang') return;
        if (answer.way === 'garbage') {
          request.socket.end('no HTTP at all\r\n\r\n');
          return;
        }
        response.writeHead(answer.status, { ...answer.headers });
        response.write(answer.body ?? '');
        if (answer.way === 'cut') request.socket.destroy();
        else response.end();
      });
    });
    this.manager = new RemoteWriteManager({
      sink: this.sink,
      labelsOf: (ref) => this.store.labels[ref],
      registry: this.registry,
      logger: this.#logger(),
      clock: this.#clock(),
    });
    this.#target = new TargetIngest(this.sink, {
      ...INGEST_DEFAULTS,
      convertClassicHistogramsToNhcb: options.convertsHistograms === true,
      mutate: (labels) => Labels.fromEntries([...labels.entries(), ...Object.entries(TARGET)]),
    });
  }

  async start(port = 0): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(port, '127.0.0.1', resolve);
    await promise;
    const address = this.#server.address() as AddressInfo;
    this.applyConfig(address.port);
    return address.port;
  }

  /** Without a server: for a receiver that is not there yet. */
  applyConfig(port: number): void {
    const { message = 'io.prometheus.write.v2.Request', queue, config } = this.#options;
    const remoteWrite: RemoteWriteConfig = {
      url: `http://127.0.0.1:${port}/api/v1/write`,
      remoteTimeoutMs: 5000,
      headers: {},
      writeRelabelConfigs: [],
      name: '',
      sendExemplars: true,
      sendNativeHistograms: true,
      roundRobinDns: false,
      protobufMessage: message,
      failedRequestLogging: false,
      httpClient: httpClientConfig({ enableHttp2: false }),
      metadata: { send: true, sendIntervalMs: 60_000, samplesPerSendMax: 2000 },
      ...config,
      queue: {
        capacity: 10_000,
        shardsMax: 50,
        shardsMin: 1,
        samplesPerSendMax: 2000,
        batchSendDeadlineMs: 5000,
        backoffMinMs: 30,
        backoffMaxMs: 5000,
        retryOnHttp429: false,
        sampleAgeLimitMs: 0,
        ...queue,
      },
    };
    this.manager.applyConfig({
      global: { externalLabels: Labels.EMPTY },
      remoteWrite: [remoteWrite],
    } as unknown as Config);
  }

  /** @returns why the page was refused, '' when it was taken */
  scrape(page: string): string {
    const isOpenMetrics = page.includes(' # {') || page.includes('# UNIT');
    const type = isOpenMetrics ? 'application/openmetrics-text; version=1.0.0' : 'text/plain';
    const body = isOpenMetrics && !page.endsWith('# EOF\n') ? `${page}# EOF\n` : page;
    this.#timeMs += 1000;
    const { error } = this.#target.ingest(Buffer.from(body), type, this.#timeMs);
    if (error !== undefined) this.#target.fail(this.#timeMs);
    const up = Labels.fromRecord({ __name__: 'up', ...TARGET });
    this.#target.report(this.#timeMs, [{ labels: up, value: error === undefined ? 1 : 0 }]);
    return error?.message ?? '';
  }

  requestCount(count: number): Promise<true> {
    return until(`${count} requests`, () => this.requests.length >= count);
  }

  /** What of the store did not arrive as it is there, or arrived and is not; '' for nothing. */
  undelivered(): string {
    const sent = new Map<string, string[]>();
    for (const { series } of this.accepted) {
      for (const { labels, samples, histograms } of series) {
        const text = Labels.fromPairs(labels).toString();
        const values = [
          ...samples.map(({ value, timestampMs }) => `${value}@${timestampMs}`),
          ...histograms.map(({ count, timestampMs }) => `histogram(${count})@${timestampMs}`),
        ];
        sent.set(text, [...(sent.get(text) ?? []), ...values]);
      }
    }
    const wanted = this.store.dump();
    for (const [text, values] of Object.entries(wanted)) {
      const got = sent.get(text)?.join(' ') ?? '';
      if (got !== values) return `${text.slice(0, 200)}: ${got}, not ${values}`;
    }
    const extra = [...sent.keys()].find((text) => wanted[text] === undefined);
    return extra === undefined ? '' : `not stored: ${extra}`;
  }

  /** Everything that waits is sent, then all is closed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.manager.stop();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #logger(): Logger {
    const log = (message: string, fields?: LogFields): void => {
      this.logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
    };
    const logger: Logger = { ...SILENT_LOGGER, warn: log, error: log, with: () => logger };
    return logger;
  }

  #clock(): Clock {
    return {
      ...SYSTEM_CLOCK,
      schedule: (delayMs, run) => {
        this.delays.push(delayMs);
        const isFlush = this.#isStopping && delayMs > LONG_MS;
        if (isFlush && this.#options.flushesNothing === true) return SYSTEM_CLOCK.schedule(1, run);
        return delayMs > LONG_MS ? () => undefined : SYSTEM_CLOCK.schedule(1, run);
      },
    };
  }
}
