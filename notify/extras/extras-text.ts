/** Facts and links of a message as text, Markdown and HTML. */
import type { MessageExtras, MessageLink } from './message-extras.ts';

/** What a picture in a mail is called by its page. */
export const PICTURE_CID = 'chart@watchkeeper';

export function factLines({ facts }: Pick<MessageExtras, 'facts'>): readonly string[] {
  return facts.map(({ name, value }) => `${name}: ${value}`);
}

/** `[Pod](https://…) · [Runbook](https://…)` */
export function markdownLinks(links: readonly MessageLink[]): string {
  return links.map(({ name, url }) => `[${name}](${url.replaceAll(')', '%29')})`).join(' · ');
}

export function plainText(extras: MessageExtras): string {
  const links = extras.links.map(({ name, url }) => `${name}: ${url}`);
  return [extras.title, '', ...factLines(extras), '', ...links, ''].join('\n');
}

/** A table of facts, the picture, and links as buttons; for the beginning of a mail's page. */
export function htmlBlock(extras: MessageExtras): string {
  const rows = extras.facts.map(
    ({ name, value }) =>
      `<tr><td style="padding:3px 16px 3px 0;color:#64748b;white-space:nowrap;vertical-align:top">${escapeHtml(name)}</td>` +
      `<td style="padding:3px 0;color:#0f172a;word-break:break-word">${escapeHtml(value)}</td></tr>`,
  );
  const { picture } = extras;
  const image =
    picture === undefined
      ? ''
      : `<img src="cid:${PICTURE_CID}" alt="${escapeHtml(extras.title)}" width="560" style="display:block;width:100%;max-width:560px;height:auto;border:1px solid #e2e8f0;border-radius:6px;margin:14px 0">`;
  const links = extras.links.map(
    ({ name, url }) =>
      `<a href="${escapeHtml(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:7px 12px;border-radius:5px;background:#2563eb;color:#ffffff;text-decoration:none">${escapeHtml(name)}</a>`,
  );
  return (
    `<div style="box-sizing:border-box;max-width:600px;margin:0 auto;padding:20px;background:#ffffff;font:14px/1.5 Helvetica,Arial,sans-serif">` +
    `<div style="font-size:18px;font-weight:bold;color:#0f172a;margin-bottom:8px">${escapeHtml(extras.title)}</div>` +
    `<table role="presentation" style="border-collapse:collapse;font-size:14px">${rows.join('')}</table>` +
    `${image}<div>${links.join('')}</div></div>`
  );
}

/** Before all else on a page. */
export function withBlock(html: string, block: string): string {
  const body = /<body\b[^>]*>/i.exec(html);
  if (body === null) return block + html;
  const at = body.index + body[0].length;
  return html.slice(0, at) + block + html.slice(at);
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => HTML[letter] ?? letter);
}
