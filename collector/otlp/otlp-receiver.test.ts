import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { OtlpConfig } from '../../config/types.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { ProtobufReader } from '../../model/protobuf-wire.ts';
import { OTLP_NOW_MS, otlpJson, otlpMetric } from '../../test/otlp/request.ts';
import { otlpProtobuf } from '../../test/otlp/to-protobuf.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { decodeOtlpJson } from './decode-json.ts';
import { decodeOtlpProtobuf } from './decode-protobuf.ts';
import { OtlpReceiver } from './otlp-receiver.ts';

const DEFAULTS: OtlpConfig = {
  promoteAllResourceAttributes: false,
  promoteResourceAttributes: [],
  ignoreResourceAttributes: [],
  translationStrategy: 'UnderscoreEscapingWithSuffixes',
  keepIdentifyingResourceAttributes: false,
  convertHistogramsToNhcb: false,
  promoteScopeMetadata: false,
  labelNameUnderscoreSanitization: true,
  labelNamePreserveMultipleUnderscores: true,
};

function receiver(sink: RecordingSink, config: Partial<OtlpConfig> = {}): OtlpReceiver {
  const whole = { ...DEFAULTS, ...config };
  return new OtlpReceiver(
    sink,
    () => whole,
    new Registry(),
    SILENT_LOGGER,
    () => OTLP_NOW_MS,
  );
}

function post(to: OtlpReceiver, json: object) {
  const body = Buffer.from(JSON.stringify(json));
  return to.write({ contentType: 'application/json', contentEncoding: '', body });
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body).toString();
}

describe('OtlpReceiver', () => {
  test('both encodings say the same', () => {
    const json = otlpJson();

    const fromJson = decodeOtlpJson(Buffer.from(JSON.stringify(json)));
    const fromProtobuf = decodeOtlpProtobuf(new ProtobufReader(otlpProtobuf(json)));

    expect(plain(fromProtobuf)).toEqual(plain(fromJson));
  });

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('a protobuf body in %s is stored, and committed before the answer', async (encoding, pack) => {
    const sink = new RecordingSink();

    const answer = await receiver(sink).write({
      contentType: 'application/x-protobuf',
      contentEncoding: encoding,
      body: pack(otlpProtobuf(otlpJson())),
    });

    expect(answer).toMatchObject({ status: 200, contentType: 'application/x-protobuf' });
    expect(answer.body.length).toBe(0);
    expect(sink.commits).toBe(1);
    expect(Object.keys(sink.dump())).toContain(
      '{__name__="load_ratio", instance="i-1", job="shop/checkout"}',
    );
  });

  test('what cannot be stored is counted in a partial success; the rest is stored', async () => {
    const sink = new RecordingSink();
    const json = otlpMetric(
      { name: '...', gauge: { dataPoints: [{ asInt: '1', timeUnixNano: '1' }] } },
      { name: 'fine', gauge: { dataPoints: [{ asInt: '1', timeUnixNano: '1000000' }] } },
    );

    const answer = await post(receiver(sink), json);

    expect(answer.status).toBe(200);
    expect(JSON.parse(textOf(answer.body))).toEqual({
      partialSuccess: {
        rejectedDataPoints: '1',
        errorMessage: 'normalization for metric "..." resulted in empty name',
      },
    });
    expect(sink.dump()).toEqual({ '{__name__="fine"}': '1@1' });
  });

  test('a partial success in protobuf', async () => {
    const json = otlpMetric({ name: '...', gauge: { dataPoints: [{ asInt: '1' }] } });

    const answer = await receiver(new RecordingSink()).write({
      contentType: 'application/x-protobuf',
      contentEncoding: '',
      body: otlpProtobuf(json),
    });

    const reader = new ProtobufReader(answer.body);
    reader.readTag();
    reader.enter();
    expect([reader.readTag(), reader.readInt()]).toEqual([8, 1]);
    expect([reader.readTag(), reader.readString()]).toEqual([
      18,
      'normalization for metric "..." resulted in empty name',
    ]);
  });

  test.each([
    ['{', 'not JSON'],
    ['[]', 'request: not an object'],
    ['{"resourceMetrics":{}}', 'resourceMetrics: not an array'],
    ['{"resourceMetrics":[{"resource":{"attributes":[{"key":1}]}}]}', 'key: not a string'],
  ])('%s is refused in JSON with the reason', async (body, why) => {
    const answer = await receiver(new RecordingSink()).write({
      contentType: 'application/json',
      contentEncoding: '',
      body: Buffer.from(body),
    });

    expect(answer.status).toBe(400);
    expect(JSON.parse(textOf(answer.body))).toMatchObject({ code: 3 });
    expect(textOf(answer.body)).toContain(why);
  });

  test('other content types and compressions are refused', async () => {
    const to = receiver(new RecordingSink());
    const body = Buffer.from('x');

    const typed = await to.write({ contentType: 'text/plain', contentEncoding: '', body });
    const packed = await to.write({
      contentType: 'application/json',
      contentEncoding: 'br',
      body,
    });

    expect([typed.status, packed.status]).toEqual([415, 415]);
  });

  test('whatever the bytes, there is an answer', async () => {
    const to = receiver(new RecordingSink());
    const valid = otlpProtobuf(otlpJson());
    const edited = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((edits) => {
        const bytes = valid.slice();
        for (const [at, byte] of edits) bytes[at] = byte;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), edited), async (body) => {
        const contentType = 'application/x-protobuf';
        const answer = await to.write({ contentType, contentEncoding: '', body });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 500 },
    );
  });

  test('whatever the JSON, there is an answer', async () => {
    const to = receiver(new RecordingSink());
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.json(), async (a, b) => {
        for (const text of [
          a,
          `{"resourceMetrics":[{"resource":${a},"scopeMetrics":[{"metrics":${b}}]}]}`,
        ]) {
          const body = Buffer.from(text);
          const contentType = 'application/json';
          const answer = await to.write({ contentType, contentEncoding: '', body });
          expect([200, 400]).toContain(answer.status);
        }
      }),
    );
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
