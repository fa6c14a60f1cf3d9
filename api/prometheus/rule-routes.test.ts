import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { RuleRig, ruleFile } from '../../test/rule-rig.ts';
import { errorResponse } from './envelope.ts';
import { ruleRoutes } from './rule-routes.ts';

const START_MS = 1_700_000_000_000;

const A = `groups:
  - name: g1
    limit: 7
    labels: { team: a }
    rules:
      - { record: one, expr: vector(1) }
      - alert: Fire
        expr: one==1
        labels: { severity: page, none: '' }
        annotations: { summary: '{{ $value }}' }
      - { alert: Wait, expr: one < 2, for: 90m, keep_firing_for: 1h }
      - { alert: Quiet, expr: one > 2 }
      - { record: bad, expr: "'text'" }
  - name: g2
    interval: 90s
    rules: [{ record: two, expr: vector(2) }]
`;
const B =
  'groups: [{ name: g1, rules: [{ alert: Other, expr: vector(1) }] }, { name: none, rules: [] }]';

let app: Hono;

beforeAll(async () => {
  const rig = new RuleRig({ startMs: START_MS, settings: { externalLabels: Labels.EMPTY } });
  // The older name later: answers are in order of the names.
  await rig.apply(ruleFile(B, 'b.yml'), ruleFile(A, 'a.yml'));
  await rig.advance(180_000);
  app = new Hono();
  app.onError((error, c) =>
    errorResponse(c, error, (bug) => {
      throw bug;
    }),
  );
  app.route('/', ruleRoutes(rig.manager));
});

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly groups: readonly {
      readonly name: string;
      readonly file: string;
      readonly rules: readonly { readonly name: string }[];
    }[];
    readonly groupNextToken?: string;
    readonly alerts: readonly unknown[];
  };
}

async function ask(query: string): Promise<Answer> {
  return (await (await app.request(query)).json()) as Answer;
}

/** `file/group: rule rule` of each group. */
async function names(query: string): Promise<readonly string[]> {
  const { data } = await ask(query);
  return data.groups.map(({ file, name, rules }) => {
    return `${file}/${name}: ${rules.map((rule) => rule.name).join(' ')}`;
  });
}

const ALL = ['a.yml/g1: one Fire Wait Quiet bad', 'a.yml/g2: two', 'b.yml/g1: Other'];

describe('/rules', () => {
  test('gives all groups that have rules, by file and name', async () => {
    expect(await names('/rules')).toEqual(ALL);
  });

  test('gives everything that is known of them', async () => {
    const { data } = await ask('/rules');
    const time = expect.stringMatching(/^2023-11-14T22:1\d:\d\d\.\d{3}Z$/) as string;
    const seconds = expect.any(Number) as number;
    const run = { evaluationTime: seconds, lastEvaluation: time };
    expect(data.groups[0]).toEqual({
      name: 'g1',
      file: 'a.yml',
      interval: 60,
      limit: 7,
      ...run,
      rules: [
        {
          name: 'one',
          query: 'vector(1)',
          labels: { team: 'a' },
          health: 'ok',
          type: 'recording',
          ...run,
        },
        {
          state: 'firing',
          name: 'Fire',
          query: 'one == 1',
          duration: 0,
          keepFiringFor: 0,
          labels: { team: 'a', severity: 'page', none: '' },
          annotations: { summary: '{{ $value }}' },
          alerts: [
            {
              labels: { alertname: 'Fire', severity: 'page', team: 'a' },
              annotations: { summary: '1' },
              state: 'firing',
              activeAt: time,
              value: '1e+00',
            },
          ],
          health: 'ok',
          type: 'alerting',
          ...run,
        },
        expect.objectContaining({ state: 'pending', duration: 5400, keepFiringFor: 3600 }),
        expect.objectContaining({ state: 'inactive', alerts: [] }),
        expect.objectContaining({
          health: 'err',
          lastError: 'rule result is not a vector or scalar',
          warnings: ['the expression gives a string: every evaluation fails'],
        }),
      ],
    });
  });

  test.each([
    ['type=alert', ['a.yml/g1: Fire Wait Quiet', 'b.yml/g1: Other']],
    ['type=record', ['a.yml/g1: one bad', 'a.yml/g2: two']],
    ['type=ALERT&rule_group[]=g1&file[]=b.yml', ['b.yml/g1: Other']],
    ['rule_name[]=one&rule_name[]=two', ['a.yml/g1: one', 'a.yml/g2: two']],
    ['match[]={severity="page"}', ['a.yml/g1: Fire']],
    ['match[]={team="a",none=""}', ['a.yml/g1: one Fire Wait Quiet bad']],
    ['match[]={severity="page"}&match[]={team="z"}', ['a.yml/g1: Fire']],
    ['file[]=nope', []],
  ])('keeps what %s asks for', async (query, expected) => {
    expect(await names(`/rules?${query}`)).toEqual(expected);
  });

  test('reads the filters of a form, as of the URL', async () => {
    const response = await app.request('/rules', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'rule_name[]=two',
    });
    const { data } = (await response.json()) as Answer;
    expect(data.groups.map(({ name }) => name)).toEqual(['g2']);
  });

  test('leaves alerts out when asked to', async () => {
    const { data } = await ask('/rules?exclude_alerts=TRUE&rule_name[]=Fire');
    expect(data.groups[0]?.rules[0]).toMatchObject({ name: 'Fire', alerts: null });
  });

  test('gives page after page, and no token with the last', async () => {
    const pages: string[] = [];
    let token = '';
    for (;;) {
      const query = token === '' ? '' : `&group_next_token=${token}`;
      const { data } = await ask(`/rules?group_limit=1${query}`);
      pages.push(...data.groups.map(({ file, name }) => `${file}/${name}`));
      if (data.groupNextToken === undefined) break;
      token = data.groupNextToken;
    }
    expect(pages).toEqual(['a.yml/g1', 'a.yml/g2', 'b.yml/g1']);
  });

  test.each([
    ['type=x', 'invalid parameter "type": not supported value "x"'],
    [
      'exclude_alerts=x',
      'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    [
      'group_limit=x',
      'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      'group_limit=3000000000',
      'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "3000000000": value out of range',
    ],
    ['group_limit=0', 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
    [
      'group_next_token=x',
      'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
    ],
    [
      'group_limit=1&group_next_token=x',
      `invalid parameter "group_next_token": invalid group_next_token 'x'. were rule groups changed?`,
    ],
    ['match[]={', 'parse error'],
    ['match[]={a=""}', 'match[] must contain at least one non-empty matcher'],
  ])('refuses %s', async (query, error) => {
    const response = await app.request(`/rules?${query}`);
    const answer = (await response.json()) as Answer;
    expect(response.status).toBe(400);
    expect(answer.error).toContain(error);
  });
});

test('/alerts gives the alerts of all rules, firing ones first', async () => {
  const { data } = await ask('/alerts');
  expect(data.alerts).toMatchObject([
    { labels: { alertname: 'Fire' }, state: 'firing' },
    { labels: { alertname: 'Other' }, state: 'firing' },
    { labels: { alertname: 'Wait' }, state: 'pending' },
  ]);
});
