import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { until } from '../../test/until.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { type Page, PageLoop, TEXT_PAGE } from './page-loop.ts';

const LABELS = Labels.fromRecord({ job: 'kubelet', instance: 'n1', cluster: 'c' });
const UP = '{__name__="up", cluster="c", instance="n1", job="kubelet"}';

class Rig {
  readonly clock = new VirtualClock(1_000_005_000);
  readonly sink = new RecordingSink();
  body: string | Error = 'a 1\n';
  reads = 0;
  readonly loop: PageLoop;

  constructor(read?: (signal: AbortSignal) => Promise<Page>) {
    this.loop = new PageLoop({
      sink: this.sink,
      clock: this.clock,
      logger: SILENT_LOGGER,
      labels: LABELS,
      intervalMs: 30_000,
      start: 'aligned',
      read: (_timestampMs, signal) => {
        this.reads++;
        if (read !== undefined) return read(signal);
        if (this.body instanceof Error) return Promise.reject(this.body);
        return Promise.resolve({ body: Buffer.from(this.body), contentType: TEXT_PAGE });
      },
    });
  }

  /** Moves to the next cycle and waits for its report. */
  async cycle(): Promise<void> {
    const rows = this.sink.rows;
    const before = this.clock.nowMs();
    this.clock.advance(30_000 - (before % 30_000));
    await until('the cycle is stored', () => this.sink.rows > rows);
    await until('the next is planned', () => this.clock.timerCount === 1);
  }
}

describe('a page loop', () => {
  test('stores pages at multiples of its interval, with the labels of the page first', async () => {
    const rig = new Rig();
    rig.body = 'a{instance="pod"} 1\nb 2\n';
    rig.loop.start();
    await rig.cycle();
    rig.body = 'b 3\n';
    await rig.cycle();
    expect(rig.sink.dump()).toMatchObject({
      '{__name__="a", cluster="c", instance="pod", job="kubelet"}': '1@1000020000 stale@1000050000',
      '{__name__="b", cluster="c", instance="n1", job="kubelet"}': '2@1000020000 3@1000050000',
      [UP]: '1@1000020000 1@1000050000',
    });
    expect(rig.loop.status).toMatchObject({ lastReadMs: 1_000_050_000, lastError: '' });
    await rig.loop.close();
  });

  test('a page that cannot be read, or is none, makes the target down and ends its series', async () => {
    const rig = new Rig();
    rig.loop.start();
    await rig.cycle();
    rig.body = new Error('connection refused');
    await rig.cycle();
    expect(rig.loop.status.lastError).toBe('connection refused');
    rig.body = '}{\n';
    await rig.cycle();
    rig.body = 'a 4\n';
    await rig.cycle();
    expect(rig.sink.dump()).toMatchObject({
      '{__name__="a", cluster="c", instance="n1", job="kubelet"}':
        '1@1000020000 stale@1000050000 4@1000110000',
      [UP]: '1@1000020000 0@1000050000 0@1000080000 1@1000110000',
    });
    await rig.loop.close();
  });

  test('a reader that takes longer than the interval is aborted', async () => {
    const rig = new Rig(
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    rig.loop.start();
    rig.clock.advance(25_000);
    expect(rig.reads).toBe(1);
    rig.clock.advance(30_000);
    await until('the report', () => rig.sink.rows === 1);
    expect(rig.sink.dump()).toEqual(expect.objectContaining({ [UP]: '0@1000020000' }));
    await until('the status', () => rig.loop.status.lastError !== '');
    expect(rig.loop.status.lastError).toBe('not read within 30000 ms');
    await rig.loop.close();
  });

  test('the end marks all series stale; closing marks none', async () => {
    const [ended, closed] = [new Rig(), new Rig()];
    for (const rig of [ended, closed]) {
      rig.loop.start();
      await rig.cycle();
      rig.clock.advance(1000);
    }
    await ended.loop.end();
    await closed.loop.close();
    expect(ended.sink.dump()[UP]).toBe('1@1000020000 stale@1000021000');
    expect(closed.sink.dump()[UP]).toBe('1@1000020000');
    expect(ended.clock.timerCount + closed.clock.timerCount).toBe(0);
  });
});
