import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { SMTPServerAuthentication, SMTPServerAuthenticationResponse } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { loadCertificate, TestAuthority, testFolder } from '../../test/certificates.ts';
import { listenTcp } from '../../test/listening-server.ts';
import {
  FIRED_AT_MS,
  notificationOf,
  notifiedAlert,
  notifierOfSection,
} from '../../test/receiver-rig.ts';
import { smtpServer } from '../../test/smtp-rig.ts';

const NEVER = new AbortController().signal;
const ALERTS = [
  notifiedAlert(
    { alertname: 'Disk full', node: 'ä<1>' },
    { annotations: Labels.fromRecord({ summary: 'a & b' }) },
  ),
];
const BASE = 'to: "Team <a@x.example>, b@x.example"\nfrom: Alarm <wk@x.example>';

function email(port: number, more = '') {
  return notifierOfSection(
    'email_configs',
    `smarthost: 127.0.0.1:${port}\n${BASE}${more === '' ? '' : `\n${more}`}`,
  );
}

function certificate() {
  const authority = new TestAuthority();
  const tls = loadCertificate(authority.issue('mail', 'DNS:localhost,IP:127.0.0.1'));
  return { tls, caFile: authority.caFile };
}

/** Takes `ann` with the password `s3cret`. */
function onAuth(
  auth: SMTPServerAuthentication,
  _session: unknown,
  done: (error: Error | null | undefined, answer?: SMTPServerAuthenticationResponse) => void,
): void {
  const isRight =
    auth.method === 'CRAM-MD5'
      ? auth.validatePassword('s3cret') && auth.username === 'ann'
      : auth.username === 'ann' && auth.password === 's3cret';
  if (isRight) done(null, { user: auth.username ?? '' });
  else done(new Error('wrong password'));
}

describe('email', () => {
  test('is sent to all addresses at once, with the default subject and page', async () => {
    const { port, received } = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const notifier = await email(port, 'require_tls: false\nhello: wk.example');
    const notification = notificationOf(ALERTS, { groupLabels: Labels.fromRecord({ g: 'Ü' }) });
    const answers: unknown[] = [];
    const onAnswer = (...answer: unknown[]): number => answers.push(answer);
    expect(await notifier.notify({ ...notification, onAnswer }, NEVER)).toEqual({ kind: 'sent' });
    expect(answers).toEqual([[250, expect.stringMatching(/^250 /) as string]]);
    const [mail] = received;
    expect(mail).toMatchObject({
      from: 'wk@x.example',
      to: ['a@x.example', 'b@x.example'],
      hello: 'wk.example',
      isSecure: false,
    });
    expect(mail?.mail.subject).toBe('[FIRING:1] Ü (Disk full ä<1>)');
    expect(mail?.mail.from?.text).toBe('"Alarm" <wk@x.example>');
    expect(mail?.mail.messageId).toMatch(/^<message-1@.+>$/);
    expect(mail?.mail.html).toContain('ä&lt;1&gt;');
    expect(mail?.mail.html).toContain('a &amp; b');
    expect(mail?.raw).not.toContain('text/plain');
    expect(mail?.raw).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(mail?.raw).toMatch(/^MIME-Version: 1\.0\r$/m);
    expect(mail?.raw).not.toMatch(/^(?:References|In-Reply-To):/m);
  });

  test('text, HTML and headers are templates; headers cannot be broken out of', async () => {
    const { port, received } = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const notifier = await email(
      port,
      `require_tls: false
headers: {subject: '{{ .Status }}: {{ .CommonAnnotations.summary }}', reply-to: r@x.example, X-Key: "a\\r\\nBcc: evil@x.example"}
text: 'text {{ .CommonLabels.node }}'
html: '<p title={{ .CommonLabels.node }}>{{ .CommonLabels.node }}</p>'`,
    );
    await notifier.notify(notificationOf(ALERTS), NEVER);
    const [mail] = received;
    expect(mail?.mail.subject).toBe('firing: a & b');
    expect(mail?.mail.replyTo?.text).toBe('r@x.example');
    expect(mail?.mail.text?.trim()).toBe('text ä<1>');
    expect(mail?.mail.html).toContain('>ä&lt;1&gt;</p>');
    expect(mail?.mail.headers.has('bcc')).toBe(false);
    // What is preferred is last.
    expect(mail?.raw.indexOf('text/plain')).toBeLessThan(mail?.raw.indexOf('text/html') ?? 0);
  });

  test('mails of a group make one thread, of each day or for ever', async () => {
    const { port, received } = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const notification = notificationOf(ALERTS);
    const key = createHash('sha256').update(notification.groupKey).digest('hex').slice(0, 16);
    for (const by of ['none', 'daily']) {
      const notifier = await email(
        port,
        `require_tls: false\nthreading: {enabled: true, thread_by_date: ${by}}`,
      );
      await notifier.notify(notification, NEVER);
    }
    const roots = received.map(({ mail }) => [mail.references, mail.inReplyTo]);
    expect(roots[0]).toEqual([`<alert-${key}-@alertmanager>`, `<alert-${key}-@alertmanager>`]);
    expect(roots[1]?.[0]).toMatch(new RegExp(`^<alert-${key}-\\d{4}-\\d\\d-\\d\\d@alertmanager>$`));
  });

  test.each([
    ['PLAIN', 'auth_password: s3cret'],
    ['LOGIN', 'auth_password: s3cret'],
    ['CRAM-MD5', 'auth_secret: s3cret'],
  ])('after STARTTLS logs in with %s', async (method, secret) => {
    const { tls, caFile } = certificate();
    const { port, received } = await smtpServer({ ...tls, authMethods: [method], onAuth });
    const notifier = await email(
      port,
      `auth_username: ann\n${secret}\ntls_config: {ca_file: ${caFile}}`,
    );
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({ kind: 'sent' });
    expect(received[0]).toMatchObject({ user: 'ann', method, isSecure: true });
  });

  test('takes the first mechanism of the server that it has a secret for', async () => {
    const { tls, caFile } = certificate();
    const authMethods = ['CRAM-MD5', 'LOGIN', 'PLAIN'];
    const { port, received } = await smtpServer({ ...tls, authMethods, onAuth });
    const file = join(testFolder(), 'password');
    writeFileSync(file, 's3cret\n');
    const notifier = await email(
      port,
      `auth_username: ann\nauth_password_file: ${file}\ntls_config: {ca_file: ${caFile}}`,
    );
    await notifier.notify(notificationOf(ALERTS), NEVER);
    expect(received[0]?.method).toBe('LOGIN');
  });

  test('speaks TLS from the first byte when told to', async () => {
    const { tls, caFile } = certificate();
    const { port, received } = await smtpServer({ ...tls, secure: true });
    const notifier = await email(
      port,
      `force_implicit_tls: true\ntls_config: {ca_file: ${caFile}, server_name: localhost}`,
    );
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({ kind: 'sent' });
    expect(received[0]?.isSecure).toBe(true);
  });

  test('errors name the step that failed', async () => {
    const { tls, caFile } = certificate();
    const trusted = `tls_config: {ca_file: ${caFile}}`;
    const plain = await smtpServer({ hideSTARTTLS: true, onAuth });
    const secure = await smtpServer({ ...tls, authMethods: ['PLAIN'], onAuth });
    const hello = await smtpServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onMailFrom: (_address, _session, done) => done(new Error('who are you')),
    });
    const refusing = await smtpServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: (_address, _session, done) => done(new Error('nobody here')),
    });
    const full = await smtpServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(new Error('mailbox is full')));
      },
    });
    const free = 'require_tls: false';
    const cases: readonly (readonly [number, string, string | RegExp])[] = [
      [1, '', 'establish connection to server: dial tcp 127.0.0.1:1: connect: connection refused'],
      [
        1,
        'force_implicit_tls: true',
        'establish TLS connection to server: dial tcp 127.0.0.1:1: connect: connection refused',
      ],
      [
        plain.port,
        '',
        `'require_tls' is true (default) but "127.0.0.1:${plain.port}" does not advertise the STARTTLS extension`,
      ],
      [secure.port, '', /^send STARTTLS command: (?!Error).*(?:certificate|verify)/],
      [
        secure.port,
        `${trusted}\nauth_username: ann\nauth_password: wrong`,
        /^\*smtp\.plainAuth auth: 535 /,
      ],
      [
        secure.port,
        `${trusted}\nauth_username: ann\nauth_secret: s3cret`,
        'find auth mechanism: missing password for PLAIN auth mechanism',
      ],
      [hello.port, free, /^send MAIL command: 550 .*who are you/],
      [refusing.port, free, /^send RCPT command: 550 .*nobody here/],
      [full.port, free, /^delivery failure: 450 .*mailbox is full/],
    ];
    for (const [port, more, message] of cases) {
      const notifier = await email(port, more);
      const result = await notifier.notify(notificationOf(ALERTS), NEVER);
      expect(result).toEqual({
        kind: 'failed',
        retry: true,
        reason: 'other',
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      });
      expect(JSON.stringify(result)).not.toContain('s3cret');
    }
  });

  test('an address that is refused does not keep the mail from the others', async () => {
    const { port, received } = await smtpServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        done(address.startsWith('a') ? new Error('moved away') : null);
      },
    });
    const notifier = await email(port, 'require_tls: false');
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({
      kind: 'sent',
      warning: expect.stringMatching(/^send RCPT command: 550 .*moved away/) as string,
    });
    expect(received[0]?.to).toEqual(['b@x.example']);
  });

  test.each([
    ["to: '{{ .Nope }}'\nfrom: a@x.example", /^execute 'to' template: /],
    ['to: a@x.example\nfrom: nobody', /^parse 'from' addresses: mail: missing '@'/],
    [
      'to: a@x.example\nfrom: "a@x.example, b@x.example"',
      /^must be exactly one 'from' address \(got: 2\)/,
    ],
    [
      "to: '{{ .CommonLabels.nope }}'\nfrom: a@x.example",
      /^parse 'to' addresses: mail: no address/,
    ],
    ["to: a@x.example\nfrom: a@x.example\nhtml: '{{ .Nope }}'", /^execute html template: /],
    [
      "to: a@x.example\nfrom: a@x.example\nheaders: {X-A: '{{ .Nope }}'}",
      /^execute "X-A" header template: /,
    ],
    [
      'to: a@x.example\nfrom: a@x.example\ntls_config: {ca_file: /nowhere}',
      /^parse TLS configuration: /,
    ],
    [
      'to: a@x.example\nfrom: a@x.example\nauth_username: a\nauth_password_file: /nowhere',
      /^find auth mechanism: /,
    ],
  ])('%s is not tried again', async (section, message) => {
    const notifier = await notifierOfSection('email_configs', `smarthost: 127.0.0.1:1\n${section}`);
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({
      kind: 'failed',
      retry: false,
      reason: 'other',
      message: expect.stringMatching(message) as string,
    });
  });

  test('a server that says nothing is left when time is up', async () => {
    const port = await listenTcp(createServer((socket) => socket.on('error', () => undefined)));
    const notifier = await email(port, 'require_tls: false');
    const stop = new AbortController();
    const result = notifier.notify(notificationOf(ALERTS, { nowMs: FIRED_AT_MS }), stop.signal);
    setImmediate(() => stop.abort());
    expect(await result).toMatchObject({ retry: true, message: 'context deadline exceeded' });
  });
});
