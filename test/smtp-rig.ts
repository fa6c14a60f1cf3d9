/** A real mail server on a free port, closed at the end of the test. */
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** The client's name in EHLO. */
  readonly hello: string;
  readonly user: string | undefined;
  readonly method: string | undefined;
  readonly isSecure: boolean;
  readonly mail: ParsedMail;
  readonly raw: string;
}

export interface SmtpRig {
  readonly port: number;
  readonly received: ReceivedMail[];
}

export async function smtpServer(options: SMTPServerOptions = {}): Promise<SmtpRig> {
  const received: ReceivedMail[] = [];
  const methods: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        void simpleParser(bytes).then((mail) => {
          received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            hello: session.hostNameAppearsAs || '',
            user: typeof session.user === 'string' ? session.user : undefined,
            method: methods.at(-1),
            isSecure: session.secure,
            mail,
            raw: bytes.toString(),
          });
          done();
        });
      });
    },
    ...options,
    ...(options.onAuth === undefined
      ? {}
      : {
          onAuth: (auth, session, done) => {
            methods.push(auth.method);
            options.onAuth?.call(server, auth, session, done);
          },
        }),
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, received };
}
