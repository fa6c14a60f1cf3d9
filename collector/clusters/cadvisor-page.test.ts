import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScrapeConfig } from '../../config/types.ts';
import { Labels } from '../../model/labels.ts';
import { Rig } from '../../test/ingest-rig.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { mutateSampleLabels } from '../scrape/sample-labels.ts';
import type { Target } from '../scrape/target.ts';
import { openCadvisorPreparer } from './cadvisor-page.ts';
import { cadvisorRules } from './cadvisor-rules.ts';

const TARGET = Labels.fromRecord({ node: 'n1' });
const TEXT = 'text/plain; version=0.0.4';

function preparer() {
  return openCadvisorPreparer({ labels: TARGET } as Target);
}

interface Row {
  readonly id: string;
  readonly pod?: string;
  readonly container?: string;
  readonly image?: string;
  readonly start: number;
  readonly memory: number;
  readonly timeMs: number;
}

function labelsOf({ id, pod = '', container = '', image = '' }: Row): string {
  const namespace = pod === '' ? '' : 'ns';
  return `container="${container}",id="${id}",image="${image}",name="",namespace="${namespace}",pod="${pod}"`;
}

/** Two families, as cAdvisor writes them: the start times have no timestamps. */
function pageOf(rows: readonly Row[]): Buffer {
  const lines = [
    '# TYPE container_memory_working_set_bytes gauge',
    ...rows.map(
      (row) => `container_memory_working_set_bytes{${labelsOf(row)}} ${row.memory} ${row.timeMs}`,
    ),
    '# TYPE container_start_time_seconds gauge',
    ...rows.map((row) => `container_start_time_seconds{${labelsOf(row)}} ${row.start}`),
    '',
  ];
  return Buffer.from(lines.join('\n'));
}

function rowsIn(body: Uint8Array): readonly string[] {
  return Buffer.from(body)
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const OLD = {
  id: '/kubepods/podu/old',
  pod: 'p',
  container: 'c',
  image: 'i',
  start: 100,
  memory: 1,
  timeMs: 900,
};
const NEW = { ...OLD, id: '/kubepods/podu/new', start: 200, memory: 2, timeMs: 950 };

describe('a page of cAdvisor', () => {
  test.each([
    ['old first', [OLD, NEW]],
    ['new first', [NEW, OLD]],
  ])('of a container that restarts only the newer rows stay: %s', (_, rows) => {
    const { body } = preparer().prepare({ body: pageOf(rows), contentType: TEXT }, 1000);
    expect(rowsIn(body)).toHaveLength(2);
    expect(rowsIn(body).every((line) => line.includes('id="/kubepods/podu/new"'))).toBe(true);
  });

  test('sandbox, Pod, other containers and slices are not taken for each other', () => {
    const rows: readonly Row[] = [
      { id: '/', start: 1, memory: 1, timeMs: 900 },
      { id: '/kubepods', start: 2, memory: 1, timeMs: 900 },
      { id: '/kubepods/podu', pod: 'p', start: 50, memory: 9, timeMs: 900 },
      { id: '/kubepods/podu/pause', pod: 'p', image: 'pause', start: 60, memory: 1, timeMs: 900 },
      OLD,
      { ...OLD, id: '/kubepods/podu/d', container: 'd' },
      { ...OLD, id: '/kubepods/podv/c', pod: 'q' },
    ];
    const page = pageOf(rows);
    const before = Buffer.from(page);
    const { body } = preparer().prepare({ body: page, contentType: TEXT }, 1000);
    expect(Buffer.from(body).equals(before)).toBe(true);
  });

  test('the series of a container goes on over its restart, without what was before', () => {
    const relabeler = new Relabeler(cadvisorRules(false));
    const rig = new Rig({
      trackTimestampsStaleness: true,
      mutate: (scraped) => mutateSampleLabels(scraped, TARGET, true, relabeler),
    });
    const prepare = preparer();
    for (const rows of [
      [OLD],
      [OLD, { ...NEW, timeMs: 1900 }],
      [{ ...NEW, memory: 3, timeMs: 2900 }],
      [],
    ]) {
      const page = prepare.prepare({ body: pageOf(rows), contentType: TEXT }, rig.timeMs + 1000);
      rig.target.setTimestampsTrusted(page.trustsTimestamps);
      rig.scrape(page.body);
    }
    const series =
      '{__name__="container_memory_working_set_bytes", container="c", image="i", namespace="ns", node="n1", pod="p"}';
    expect(rig.dump()[series]).toBe('1@900 2@1900 3@2900 stale@4000');
  });

  test('timestamps count until they are a minute off, and again when they are near', () => {
    const prepare = preparer();
    const at = (scrapeMs: number) =>
      prepare.prepare(
        { body: pageOf([{ ...OLD, timeMs: 1_000_000 }]), contentType: TEXT },
        scrapeMs,
      );
    expect(at(1_060_000)).toMatchObject({ trustsTimestamps: true });
    const late = at(1_060_001);
    expect(late.trustsTimestamps).toBe(false);
    expect(late.also.map(({ labels, value }) => [labels.toString(), value])).toEqual([
      ['{__name__="wk_scrape_clock_skew", node="n1"}', 60.001],
    ]);
    expect(at(1_050_000).trustsTimestamps).toBe(false);
    expect(at(1_045_000).trustsTimestamps).toBe(true);
    // A clock that runs ahead is none either.
    expect(at(939_000).trustsTimestamps).toBe(false);
  });

  test('what is not trusted gets the time of the scrape, and ends as such', () => {
    const rig = new Rig({ trackTimestampsStaleness: true });
    rig.scrape('a 1 500\n');
    rig.target.setTimestampsTrusted(false);
    rig.scrape('a 1 500\n');
    rig.scrape('a 1 500\n');
    rig.target.setTimestampsTrusted(true);
    rig.scrape('a 2 3900\n');
    rig.scrape('');
    expect(rig.dump()['{__name__="a"}']).toBe('1@500 1@2000 1@3000 2@3900 stale@5000');
  });

  test('pages without timestamps, without start times, or of anything else stay as they are', () => {
    for (const text of [
      '',
      'a 1',
      '\n\n',
      'container_start_time_seconds{',
      'container_start_time_seconds{id="x"} 1',
    ]) {
      const { body, trustsTimestamps, also } = preparer().prepare(
        { body: Buffer.from(text), contentType: TEXT },
        1000,
      );
      expect([Buffer.from(body).toString(), trustsTimestamps, also]).toEqual([text, true, []]);
    }
  });

  test('whatever comes, lines are taken away whole and the rest stays in order', () => {
    const part = fc.constantFrom(
      'container_start_time_seconds{',
      'container="c",',
      'id="/x"',
      'id="/y",',
      'pod="p"',
      '} 12\n',
      '} 13\n',
      '"',
      '\n',
      'é',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const { body } = preparer().prepare({ body: Buffer.from(text), contentType: TEXT }, 1000);
        const left = Buffer.from(body).toString().split('\n');
        const all = text.split('\n');
        let at = 0;
        for (const line of left.slice(0, -1)) {
          at = all.indexOf(line, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
    );
  });
});

test('rules keep the slices that are asked for, under every driver', () => {
  const relabeler = new Relabeler(cadvisorRules(false));
  const isKept = (id: string): boolean =>
    mutateSampleLabels(
      Labels.fromRecord({ __name__: 'container_cpu_usage_seconds_total', id }),
      TARGET,
      true,
      relabeler,
    ) !== undefined;
  const kept = [
    '/',
    '/kubepods',
    '/kubepods.slice',
    '/kubepods/burstable',
    '/kubepods.slice/kubepods-besteffort.slice',
    '/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice',
    '/kubelet/kubepods/besteffort',
    '/system.slice/kubelet.service',
    '/system.slice/containerd.service',
    '/runtime.slice/crio.service',
    '/system.slice/k3s.service',
  ];
  const dropped = [
    '/system.slice/ssh.service',
    '/init.scope',
    '/user.slice',
    '/system.slice',
    '/kubepods/burstable/podx',
    '/docker/abc',
  ];
  expect(kept.filter(isKept)).toEqual(kept);
  expect(dropped.filter(isKept)).toEqual([]);
});

test('the rest of a file system comes with the profile full only', () => {
  const keeps = (isFull: boolean) =>
    mutateSampleLabels(
      Labels.fromRecord({ __name__: 'container_fs_inodes_free', id: '/' }),
      TARGET,
      true,
      new Relabeler(cadvisorRules(isFull) satisfies ScrapeConfig['metricRelabelConfigs']),
    ) !== undefined;
  expect([keeps(true), keeps(false)]).toEqual([true, false]);
});
