import { describe, expect, test } from 'vitest';
import { type Lifecycle, lifecycleRoutes } from './lifecycle-routes.ts';

class Recorder implements Lifecycle {
  readonly calls: string[] = [];
  ready = true;
  problem: Error | undefined;

  isReady(): boolean {
    return this.ready;
  }

  async reload(): Promise<void> {
    this.calls.push('reload');
    if (this.problem !== undefined) throw this.problem;
  }

  quit(): void {
    this.calls.push('quit');
  }
}

async function ask(recorder: Recorder, path: string, method: string, isEnabled = true) {
  const response = await lifecycleRoutes(recorder, isEnabled).request(path, { method });
  return [response.status, await response.text()];
}

describe('health', () => {
  test('the program is healthy before it is ready', async () => {
    const recorder = new Recorder();
    recorder.ready = false;

    expect(await ask(recorder, '/-/healthy', 'GET')).toEqual([200, 'Watchkeeper is Healthy.\n']);
    expect(await ask(recorder, '/-/ready', 'GET')).toEqual([503, 'Service Unavailable']);
    recorder.ready = true;
    expect(await ask(recorder, '/-/ready', 'GET')).toEqual([200, 'Watchkeeper is Ready.\n']);
  });
});

describe.each(['reload', 'quit'])('/-/%s', (name) => {
  test.each(['POST', 'PUT'])('%s does it', async (method) => {
    const recorder = new Recorder();

    const [status] = await ask(recorder, `/-/${name}`, method);

    expect([status, recorder.calls]).toEqual([200, [name]]);
  });

  test('GET does not: a link must not stop the program', async () => {
    const recorder = new Recorder();

    const answer = await ask(recorder, `/-/${name}`, 'GET');

    expect(answer).toEqual([405, 'Only POST or PUT requests allowed']);
    expect(recorder.calls).toEqual([]);
  });

  test('switched off, it is forbidden', async () => {
    const recorder = new Recorder();

    const answer = await ask(recorder, `/-/${name}`, 'POST', false);

    expect(answer).toEqual([403, 'Lifecycle API is not enabled.']);
    expect(recorder.calls).toEqual([]);
  });
});

test('why a configuration was not loaded is told to who asked', async () => {
  const recorder = new Recorder();
  recorder.problem = new Error('prometheus.yml:1:1: no');

  expect(await ask(recorder, '/-/reload', 'POST')).toEqual([
    500,
    'failed to reload config: prometheus.yml:1:1: no\n',
  ]);
});
