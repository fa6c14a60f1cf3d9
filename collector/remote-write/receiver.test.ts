import { Registry } from 'prom-client';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { RemoteWriteReceiver } from './receiver.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

function receiver(sink: RecordingSink): RemoteWriteReceiver {
  return new RemoteWriteReceiver(sink, new Registry(), SILENT_LOGGER, () => NOW_MS);
}

function v1(labels: readonly string[], value: number, timestampMs: number): Uint8Array {
  const writer = new ProtobufWriter();
  const series = writer.begin(1);
  for (let at = 0; at < labels.length; at += 2) {
    const label = writer.begin(1);
    writer
      .string(1, labels[at] as string)
      .string(2, labels[at + 1] as string)
      .end(label);
  }
  const sample = writer.begin(2);
  writer.double(1, value).int(2, timestampMs).end(sample).end(series);
  return compressSync(Buffer.from(writer.finish()));
}

async function post(sink: RecordingSink, body: Uint8Array, contentType = '') {
  return receiver(sink).write({ contentType, contentEncoding: 'snappy', body });
}

describe('RemoteWriteReceiver', () => {
  test('a 1.0 request is stored and committed before the answer', async () => {
    const sink = new RecordingSink();

    const answer = await post(sink, v1(['__name__', 'up', 'job', 'a'], 1, NOW_MS));

    expect(answer).toEqual({ status: 204, headers: {}, error: '' });
    expect(sink.labels[1]?.toRecord()).toEqual({ __name__: 'up', job: 'a' });
    expect(sink.samples[1]).toEqual([{ timestampMs: NOW_MS, value: 1 }]);
    expect(sink.commits).toBe(1);
  });

  test('the same series in other label order is the same series', async () => {
    const sink = new RecordingSink();
    const to = receiver(sink);
    for (const labels of [
      ['__name__', 'up', 'job', 'a'],
      ['job', 'a', '__name__', 'up'],
    ]) {
      const body = v1(labels, 1, NOW_MS + sink.commits);
      await to.write({ contentType: '', contentEncoding: 'snappy', body });
    }

    expect(sink.samples.length).toBe(2);
    expect(sink.samples[1]?.length).toBe(2);
  });

  test.each([
    [['job', 'a'], 'invalid metric name or labels'],
    [['__name__', 'up', 'a', '1', 'a', '2'], 'duplicated label a'],
  ])('labels %j are refused with a reason', async (labels, problem) => {
    const sink = new RecordingSink();

    const answer = await post(sink, v1(labels, 1, NOW_MS));

    expect(answer.status).toBe(400);
    expect(answer.error).toContain(problem);
    expect(sink.samples.length).toBe(1);
  });

  test('a sample an hour ahead is refused, the valid rest of the request is kept', async () => {
    const sink = new RecordingSink();

    const answer = await post(sink, v1(['__name__', 'up'], 1, NOW_MS + 3_600_000));

    expect(answer.status).toBe(400);
    expect(answer.error).toContain('timestamp is too far in the future for series {__name__="up"}');
  });

  test.each([
    ['application/json', 'snappy', 415],
    ['application/x-protobuf;proto=other', 'snappy', 415],
    ['application/x-protobuf', 'gzip', 415],
    ['application/x-protobuf', 'snappy', 400],
    ['application/x-protobuf', 'zstd', 400],
  ])('%s, %s, garbage: %i', async (contentType, contentEncoding, status) => {
    const body = Buffer.from('\xff\xff\xff\xff\xff garbage', 'latin1');

    const answer = await receiver(new RecordingSink()).write({
      contentType,
      contentEncoding,
      body,
    });

    expect(answer.status).toBe(status);
    expect(answer.error).not.toBe('');
  });

  test('2.0: symbols, exemplars and metadata; the headers say what was written', async () => {
    const sink = new RecordingSink();
    const writer = new ProtobufWriter();
    for (const symbol of ['', '__name__', 'up', 'trace_id', 'abc', 'Help.'])
      writer.string(4, symbol);
    const series = writer.begin(5);
    writer.uint(1, 1).uint(1, 2);
    const sample = writer.begin(2);
    writer.double(1, 7).int(2, NOW_MS).end(sample);
    const exemplar = writer.begin(4);
    writer.uint(1, 3).uint(1, 4).double(2, 7).int(3, NOW_MS).end(exemplar);
    const metadata = writer.begin(5);
    writer.uint(1, 2).uint(3, 5).end(metadata).end(series);

    const answer = await post(sink, compressSync(Buffer.from(writer.finish())), V2);

    expect(answer.status).toBe(204);
    expect(answer.headers).toEqual({
      'X-Prometheus-Remote-Write-Samples-Written': '1',
      'X-Prometheus-Remote-Write-Histograms-Written': '0',
      'X-Prometheus-Remote-Write-Exemplars-Written': '1',
    });
    expect(sink.exemplars[0]?.labels.toRecord()).toEqual({ trace_id: 'abc' });
    expect(sink.metadata).toEqual([{ metricName: 'up', type: 'gauge', help: 'Help.', unit: '' }]);
  });

  test('2.0: a reference outside of the symbols is a problem of that series alone', async () => {
    const sink = new RecordingSink();
    const writer = new ProtobufWriter();
    for (const symbol of ['', '__name__', 'up']) writer.string(4, symbol);
    for (const refs of [
      [1, 9],
      [1, 2],
    ]) {
      const series = writer.begin(5);
      for (const ref of refs) writer.uint(1, ref);
      const sample = writer.begin(2);
      writer.double(1, 7).int(2, NOW_MS).end(sample).end(series);
    }

    const answer = await post(sink, compressSync(Buffer.from(writer.finish())), V2);

    expect(answer.status).toBe(400);
    expect(answer.error).toContain('labelRefs 9 is outside of symbols table (size 3)');
    expect(answer.headers['X-Prometheus-Remote-Write-Samples-Written']).toBe('1');
  });
});
