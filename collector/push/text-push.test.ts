import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { type PushRequest, TextPushReceiver } from './text-push.ts';

const NOW_MS = 1_767_225_600_000;

async function push(page: string | Uint8Array, rest: Partial<PushRequest> = {}) {
  const sink = new RecordingSink();
  const receiver = new TextPushReceiver(sink, new Registry(), SILENT_LOGGER, () => NOW_MS);
  const answer = await receiver.write({
    contentType: '',
    contentEncoding: '',
    body: typeof page === 'string' ? Buffer.from(page) : page,
    extraLabels: [],
    timestamp: '',
    ...rest,
  });
  return { sink, answer };
}

describe('TextPushReceiver', () => {
  test('samples without a time are of now, others keep theirs', async () => {
    const { sink, answer } = await push(`a{x="1"} 2\nb 3 ${NOW_MS - 5}\n`);

    expect(answer).toEqual({ status: 204, error: '' });
    expect(sink.dump()).toEqual({
      '{__name__="a", x="1"}': `2@${NOW_MS}`,
      '{__name__="b"}': `3@${NOW_MS - 5}`,
    });
    expect(sink.commits).toBe(1);
  });

  test('timestamp is the time of samples that bring none', async () => {
    const { sink } = await push('a 2\n', { timestamp: '1700000000000' });

    expect(sink.dump()).toEqual({ '{__name__="a"}': '2@1700000000000' });
  });

  test('extra labels replace those of the page', async () => {
    const { sink } = await push('a{job="x",y="1"} 2\n', { extraLabels: ['job=batch', 'z=a=b'] });

    expect(Object.keys(sink.dump())).toEqual(['{__name__="a", job="batch", y="1", z="a=b"}']);
  });

  test('metadata and exemplars of OpenMetrics are kept', async () => {
    const page =
      '# TYPE a counter\n# HELP a Things.\na_total 1 # {trace_id="t"} 1 1700000000\n# EOF\n';

    const { sink } = await push(page, { contentType: 'application/openmetrics-text' });

    expect(sink.metadata).toEqual([
      { metricName: 'a', type: 'counter', help: 'Things.', unit: '' },
    ]);
    expect(sink.exemplars[0]?.labels.toRecord()).toEqual({ trace_id: 't' });
  });

  test.each([
    ['gzip', gzipSync('a 1\n')],
    ['zstd', zstdCompressSync('a 1\n')],
  ])('a page in %s is unpacked', async (contentEncoding, body) => {
    const { sink } = await push(body, { contentEncoding });

    expect(sink.dump()).toEqual({ '{__name__="a"}': `1@${NOW_MS}` });
  });

  test.each([
    ['a page with a mistake', 'ok 1\na{ 1\n', {}, 400, 'line 2'],
    ['a bad extra label', 'a 1\n', { extraLabels: ['nonsense'] }, 400, 'extra_label'],
    ['a bad time', 'a 1\n', { timestamp: 'now' }, 400, 'timestamp'],
    ['a time too far ahead', `a 1 ${NOW_MS + 3_600_000}\n`, {}, 400, 'too far in the future'],
    ['an unknown compression', 'a 1\n', { contentEncoding: 'br' }, 415, 'br'],
    ['what is no gzip', 'a 1\n', { contentEncoding: 'gzip' }, 400, 'gzip'],
  ])('%s is refused with the reason, and nothing is stored', async (_, page, rest, status, why) => {
    const { sink, answer } = await push(page, rest);

    expect(answer.status).toBe(status);
    expect(answer.error).toContain(why);
    expect(sink.samples.flat()).toEqual([]);
  });

  test('whatever the bytes, there is an answer', async () => {
    const types = fc.constantFrom(
      '',
      'application/openmetrics-text',
      'application/vnd.google.protobuf',
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), types, async (body, contentType) => {
        const { answer } = await push(body, { contentType });
        expect([204, 400]).toContain(answer.status);
      }),
    );
  });
});
