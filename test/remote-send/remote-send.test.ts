import { describe, expect, onTestFinished, test } from 'vitest';
import { relabelConfig } from '../collector-configs.ts';
import { SenderRig, type SenderRigOptions } from './sender-rig.ts';

async function started(options: SenderRigOptions = {}): Promise<SenderRig> {
  const rig = new SenderRig(options);
  onTestFinished(() => rig.stop());
  await rig.start();
  return rig;
}

describe('remote_write', () => {
  test('what write_relabel_configs drop is not sent, and counted', async () => {
    const drop = relabelConfig({ sourceLabels: ['__name__'], regex: 'a', action: 'drop' });
    const rig = await started({ config: { writeRelabelConfigs: [drop] } });

    rig.scrape('a 1\nb 2\n');
    await rig.stop();

    const names = rig.requests.flatMap(({ series }) => series.map(({ labels }) => labels[1]));
    expect(names).toEqual(['b', 'up']);
    const metrics = await rig.registry.metrics();
    expect(metrics).toMatch(/samples_dropped_total\{.*reason="dropped_series"\} 1/);
  });

  test('without exemplars and histograms wanted there are none', async () => {
    const rig = await started({
      convertsHistograms: true,
      config: { sendExemplars: false, sendNativeHistograms: false },
    });

    rig.scrape('# TYPE h histogram\nh_bucket{le="+Inf"} 1 # {a="b"} 1\nh_sum 1\nh_count 1\n');
    await rig.stop();

    const series = rig.requests.flatMap((request) => request.series);
    expect(series.flatMap(({ exemplars }) => exemplars)).toEqual([]);
    expect(series.flatMap(({ histograms }) => histograms)).toEqual([]);
  });

  test('a batch older than sample_age_limit is given up', async () => {
    const answers = [{ status: 503 }, { status: 503 }];
    const rig = await started({ answers, queue: { sampleAgeLimitMs: 1000 } });

    rig.scrape('a 1\n');
    await rig.stop();

    expect(rig.requests).toEqual([]);
    const metrics = await rig.registry.metrics();
    expect(metrics).toMatch(/samples_dropped_total\{.*reason="too_old"\} 2/);
  });

  test('an ended series is sent as stale', async () => {
    const rig = await started();

    rig.scrape('a 1\n');
    rig.scrape('b 1\n');
    await rig.stop();

    expect(rig.undelivered()).toBe('');
    const ended = rig.store.dump()['{__name__="a", instance="localhost:1", job="test"}'];
    expect(ended).toContain('stale@');
  });

  test('batches hold max_samples_per_send, in order for each series', async () => {
    const rig = await started({ queue: { samplesPerSendMax: 10 } });
    const page = Array.from({ length: 25 }, (_, at) => `m_${at} ${at}\n`).join('');

    for (let scrape = 0; scrape < 5; scrape++) rig.scrape(page);
    await rig.stop();

    expect(rig.undelivered()).toBe('');
    const sizes = rig.requests.map(({ series }) => {
      return series.reduce((sum, { samples }) => sum + samples.length, 0);
    });
    expect(Math.max(...sizes)).toBe(10);
  });

  test('what cannot be sent when the time is over is counted, and the end does not hang', async () => {
    const answer = () => ({ status: 503 });
    const rig = await started({ answer, flushesNothing: true, queue: { samplesPerSendMax: 2 } });

    rig.scrape('a 1\nb 1\nc 1\n');
    await rig.requestCount(1);
    await rig.stop();

    const metrics = await rig.registry.metrics();
    expect(metrics).toMatch(/samples_failed_total\{[^}]*\} 2/);
    expect(metrics).toMatch(/samples_dropped_total\{.*reason="shutdown"\} 2/);
  });
});
