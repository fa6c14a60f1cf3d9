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
  /** Shown within the HTML as `cid:`. */
  readonly picture?: { readonly cid: string; readonly png: Uint8Array } | undefined;
}

export function emailMessage(parts: EmailParts): Promise<Buffer> {
  const { headers, messageId, dateMs, text, html, picture } = parts;
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
  if (html !== '' && picture !== undefined) addPage(root, html, picture);
  else if (html !== '') addPart(root, 'text/html; charset=utf-8', html);
  return root.build();
}

function addPart(root: MimeNode, type: string, content: string): void {
  const part = root.createChild(type);
  part.setHeader('Content-Transfer-Encoding', 'quoted-printable');
  part.setContent(content);
}

/** The page and its picture belong together (RFC 2387). */
function addPage(root: MimeNode, html: string, picture: NonNullable<EmailParts['picture']>): void {
  const related = root.createChild('multipart/related');
  addPart(related, 'text/html; charset=utf-8', html);
  const image = related.createChild('image/png', { filename: 'chart.png' });
  image.setHeader('Content-Id', `<${picture.cid}>`);
  image.setHeader('Content-Disposition', 'inline; filename="chart.png"');
  image.setHeader('Content-Transfer-Encoding', 'base64');
  image.setContent(Buffer.from(picture.png));
}
