/** What receivers are sent, beside what a real Alertmanager sends them for the same alerts. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProgram } from '../bench/process.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import { Labels } from '../model/labels.ts';
import { NotificationEngine } from '../notify/notification-engine.ts';
import { testFolder } from './certificates.ts';
import { MemoryNotifyStore, notificationConfig } from './notify-rig.ts';
import { everyReceiver, everyService, requestFacts } from './receiver-kinds.ts';
import { loadTestReceivers } from './receiver-rig.ts';
import { alertmanagerProgram, NO_ALERTMANAGER } from './side-by-side/alerting/systems.ts';
import { type ReceivedMail, smtpServer } from './smtp-rig.ts';
import { until } from './until.ts';

const EXTERNAL_URL = 'http://watchkeeper.example:9393';
const FAR_MS = Date.UTC(2050, 0, 1);
const PEER_MS_MAX = 20_000;

const ALERTS = ['ä<1>', 'b&2'].map((instance) => ({
  labels: { alertname: 'Disk "full"', instance, job: 'node', severity: 'critical' },
  annotations: { summary: `on ${instance}`, runbook: 'http://r/?a=1&b=2' },
  generatorURL: 'http://prometheus.example/graph?g0.expr=up&g0.tab=1',
}));

/** Sends the alerts, in the state that `endsAtMs` says. */
type Send = (startsAtMs: number, endsAtMs: number) => Promise<void>;

async function rig() {
  const service = await everyService();
  const mail = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
  return { service, mail, config: everyReceiver(service, mail.port) };
}

type Rig = Awaited<ReturnType<typeof rig>>;

/** Fires, waits until nobody is told any more, resolves, waits again. */
async function tell({ service, mail }: Rig, send: Send): Promise<void> {
  const count = (): number => service.received.length + mail.received.length;
  // Of now: an older alert does not wait for the others of its group.
  const startsAtMs = Date.now();
  for (const [endsAtMs = Date.now(), least] of [
    [FAR_MS, FIRING_REQUESTS],
    [undefined, FIRING_REQUESTS + RESOLVED_REQUESTS],
  ] as const) {
    await send(startsAtMs, endsAtMs);
    await until(`${least} requests`, () => count() >= least || undefined, PEER_MS_MAX).catch(
      (error: unknown) => {
        const paths = service.received.map(({ method, path }) => `${method} ${path}`);
        throw new Error(`${String(error)}, only ${count()}: ${paths.join(', ')}`);
      },
    );
  }
}

/** With the mail. What each kind is sent: Opsgenie three, WeChat two, Jira two and then four. */
const FIRING_REQUESTS = 37;
const RESOLVED_REQUESTS = 34;

async function startPeer(config: string): Promise<Send> {
  const flags = [`--web.external-url=${EXTERNAL_URL}`, '--web.route-prefix=/'];
  const spec = alertmanagerProgram(config, flags);
  if (spec === undefined) throw new Error(NO_ALERTMANAGER);
  const program = await startProgram(spec, testFolder());
  onTestFinished(() => program.stop());
  return async (startsAtMs, endsAtMs) => {
    const alerts = ALERTS.map((alert) => ({
      ...alert,
      startsAt: new Date(startsAtMs).toISOString(),
      endsAt: new Date(endsAtMs).toISOString(),
    }));
    const answer = await fetch(`${program.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    expect(answer.status).toBe(200);
  };
}

async function startOurs(text: string): Promise<Send> {
  const config = notificationConfig(text);
  const receivers = await loadTestReceivers(config);
  const engine = await NotificationEngine.start(config, receivers.integrations, {
    clock: SYSTEM_CLOCK,
    store: new MemoryNotifyStore(),
  });
  onTestFinished(async () => {
    await engine.stop();
    receivers.close();
  });
  return (startsAtMs, endsAtMs) => {
    engine.send(
      ALERTS.map(({ labels, annotations, generatorURL }) => ({
        labels: Labels.fromRecord(labels),
        annotations: Labels.fromRecord(annotations),
        startsAtMs,
        endsAtMs,
        generatorUrl: generatorURL,
        updatedAtMs: Date.now(),
        timesOut: false,
      })),
    );
    return Promise.resolve();
  };
}

/** What differs for a good reason is made equal: times, ports, and what is newer than the peer. */
function comparable({ service, mail }: Rig): string {
  const told = service.received.map((request) => {
    const facts = requestFacts(request);
    const text = JSON.stringify({
      ...facts,
      headers: facts.headers.map((line) => line.replace(/(AWS4-HMAC-SHA256).*/, '$1')),
      body: request.path.startsWith('/sns') ? formFields(facts.body) : facts.body,
    });
    return text
      .replaceAll(service.url, 'SINK')
      .replaceAll('\\"routeLabels\\":{},', '')
      .replace(/(startsAt|endsAt)(\W+)20\d\d-[\d\-T:.]*Z/g, '$1$2TIME');
  });
  const lines = [...told, ...mail.received.map(mailFacts)].sort();
  // Long runs of one character are there to be cut.
  const shortened = lines.map((line) =>
    line.replace(/(.)\1{99,}/gu, (run, char: string) => `${char}×${Array.from(run).length}`),
  );
  return `${shortened.join('\n')}\n`;
}

function formFields(body: string): readonly string[] {
  return [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).sort();
}

function mailFacts({ from, to, hello, mail }: ReceivedMail): string {
  const { subject, html, text, references, inReplyTo, headers, replyTo } = mail;
  const facts = { from, to, hello, subject, text, references, inReplyTo };
  const more = [headers.has('x-team'), replyTo?.text, mail.from?.text];
  return JSON.stringify({ ...facts, more, pageBegins: String(html).slice(0, 20) });
}

/** What the peer, 0.33.1, was seen to send; one request or mail a line. */
const SEEN = './receivers-peer-sent.txt';

describe('receivers', () => {
  test('are sent what an Alertmanager was seen to send, byte for byte', async () => {
    const ours = await rig();
    await tell(ours, await startOurs(ours.config));
    await expect(comparable(ours)).toMatchFileSnapshot(SEEN);
  }, 60_000);

  test.skipIf(alertmanagerProgram('') === undefined)(
    'are sent the same by a real Alertmanager',
    async () => {
      const theirs = await rig();
      await tell(theirs, await startPeer(theirs.config));
      await expect(comparable(theirs)).toMatchFileSnapshot(SEEN);
    },
    60_000,
  );
});
