import { describe, expect, test } from 'vitest';
import { acceptAlerts, type PostedAlert } from './accept-alerts.ts';

function posted(more: Partial<PostedAlert> = {}): PostedAlert {
  return {
    labels: { alertname: 'A' },
    annotations: {},
    startsAtMs: undefined,
    endsAtMs: undefined,
    generatorUrl: '',
    ...more,
  };
}

describe('acceptAlerts', () => {
  test('without times it begins now and times out', () => {
    const { alerts } = acceptAlerts([posted()], 1000, 300);
    expect(alerts[0]).toMatchObject({
      startsAtMs: 1000,
      endsAtMs: 1300,
      updatedAtMs: 1000,
      timesOut: true,
    });
  });

  test('with an end alone it begins there', () => {
    const { alerts } = acceptAlerts([posted({ endsAtMs: 500 })], 1000, 300);
    expect(alerts[0]).toMatchObject({ startsAtMs: 500, endsAtMs: 500, timesOut: false });
  });

  test('A34: what is wrong is told, what is right is taken', () => {
    const { alerts, problems } = acceptAlerts(
      [
        posted({ labels: {} }),
        posted({ labels: { a: '' } }),
        posted(),
        posted({ startsAtMs: 2, endsAtMs: 1 }),
        posted({ labels: { '': 'x' } }),
        posted({ annotations: { a: '\ud800' } }),
      ],
      1000,
      300,
    );
    expect(alerts).toHaveLength(1);
    expect(problems).toEqual([
      'at least one label pair required',
      'at least one label pair required',
      'start time must be before end time',
      'invalid label set: invalid name ""',
      expect.stringMatching(/^invalid annotations: invalid value /),
    ]);
  });

  test('labels without a value are left out', () => {
    const { alerts } = acceptAlerts([posted({ labels: { a: 'b', c: '' } })], 1000, 300);
    expect(alerts[0]?.labels.toRecord()).toEqual({ a: 'b' });
  });
});
