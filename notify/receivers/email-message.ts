/** A mail as bytes: headers, and the text and HTML of a message as alternatives. */
import MimeNode from 'nodemailer/lib/mime-node';

export interface EmailParts {
  /** In order; those of addresses may name several. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without brackets. */
  readonly messageId: string;
  readonly dateMs: number;
  /** '' is left out. */
  readonly text: string;
  readonly html: string;
}

export function emailMessage(parts: EmailParts): Promise<Buffer> {
  const { headers, messageId, dateMs, text, html } = parts;
  const root = new MimeNode('multipart/alternative', {
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  });
  root.setHeader('Message-Id', `<${messageId}>`);
  root.setHeader('Date', new Date(dateMs).toUTCString().replace('GMT', '+0000'));
  for (const [name, value] of headers) root.setHeader(name, value);
  // The one to be preferred is the last (RFC 2046, 5.1.4).
  if (text !== '') addPart(root, 'text/plain; charset=utf-8', text);
  if (html !== '') addPart(root, 'text/html; charset=utf-8', html);
  return root.build();
}

function addPart(root: MimeNode, type: string, content: string): void {
  const part = root.createChild(type);
  part.setHeader('Content-Transfer-Encoding', 'quoted-printable');
  part.setContent(content);
}
