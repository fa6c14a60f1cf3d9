/** Answers of the API, above all to wrong requests, compared with those of a Prometheus on PATH. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath, type Program, removeDataDir, startProgram } from '../bench/process.ts';
import { PEER_REQUESTS } from './api-peer-requests.ts';
import { prometheusProgram, watchkeeperProgram } from './programs.ts';

const CONFIG = 'scrape_configs: []\n';
const FLAGS = ['--web.enable-admin-api'];

interface Answer {
  readonly status: number;
  /** Without its parameters. */
  readonly mediaType: string;
  readonly body: unknown;
}

async function ask(program: Program, line: string): Promise<Answer> {
  const [, method = '', path = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
  const response = await fetch(`${program.url}/api/v1/${path}`, { method });
  const text = await response.text();
  const mediaType = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
  const body = mediaType === 'application/json' ? (JSON.parse(text) as unknown) : text.trim();
  return { status: response.status, mediaType, body };
}

describe.skipIf(findOnPath('prometheus') === undefined)(
  'the API beside a Prometheus (skipped when it is not on PATH)',
  () => {
    let ours: Program;
    let theirs: Program;

    beforeAll(async () => {
      const flags = [...FLAGS, '--web.enable-remote-write-receiver', '--web.enable-lifecycle'];
      const spec = prometheusProgram(CONFIG, flags);
      [ours, theirs] = await Promise.all([
        startProgram(watchkeeperProgram(CONFIG, FLAGS)),
        startProgram(spec as NonNullable<typeof spec>),
      ]);
    });
    afterAll(async () => {
      for (const program of [ours, theirs]) {
        await program.stop();
        removeDataDir(program);
      }
    });

    test.each(PEER_REQUESTS)('%s', async (line) => {
      const [own, other] = await Promise.all([ask(ours, line), ask(theirs, line)]);

      expect(own).toEqual(other);
    });
  },
);
