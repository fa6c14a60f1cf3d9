/** A picture for Slack, as an app: it goes into the thread of its message. */
import { PICTURE_NAME } from '../extras/attachment-fields.ts';
import { goQuery } from './go-url-text.ts';
import { type HttpSendOptions, httpSend } from './http-send.ts';
import { parseJsonObject, textOf } from './json-answer.ts';

export interface SlackUpload extends Omit<HttpSendOptions, 'request' | 'onAnswer'> {
  /** Of `chat.postMessage`; other methods are beside it. */
  readonly url: string;
  readonly png: Uint8Array;
  readonly channel: string;
  readonly ts: string;
}

/** Where a message is, of the API's answer; webhooks do not tell, and take no files. */
export function placeOf(
  answer: string,
): { readonly channel: string; readonly ts: string } | undefined {
  const { channel, ts } = parseJsonObject(answer) ?? {};
  const place = { channel: textOf(channel), ts: textOf(ts) };
  return place.channel === '' || place.ts === '' ? undefined : place;
}

/**
 * https://docs.slack.dev/messaging/working-with-files#upload; needs the scope `files:write`.
 * @returns what went wrong
 */
export async function uploadToSlack(upload: SlackUpload): Promise<string | undefined> {
  const { png, channel, ts } = upload;
  const place = await ask(upload, 'files.getUploadURLExternal', {
    filename: PICTURE_NAME,
    length: String(png.length),
  });
  if (typeof place === 'string') return place;
  const sent = await httpSend({
    ...upload,
    request: {
      method: 'POST',
      url: textOf(place['upload_url']),
      headers: { 'content-type': 'application/octet-stream' },
      body: png,
    },
  });
  if (sent.kind === 'failed') return sent.result.message;
  if (sent.answer.status !== 200) return `unexpected status code ${sent.answer.status}`;
  const files = JSON.stringify([{ id: textOf(place['file_id']), title: 'chart' }]);
  const done = await ask(upload, 'files.completeUploadExternal', {
    files,
    channel_id: channel,
    thread_ts: ts,
  });
  return typeof done === 'string' ? done : undefined;
}

async function ask(
  upload: SlackUpload,
  method: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>> | string> {
  const outcome = await httpSend({
    ...upload,
    request: {
      method: 'POST',
      url: new URL(method, upload.url).href,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(goQuery(parameters)),
    },
  });
  if (outcome.kind === 'failed') return outcome.result.message;
  const answer = parseJsonObject(outcome.text);
  if (answer?.['ok'] === true) return answer;
  return `${method}: ${answer === undefined ? 'no JSON' : textOf(answer['error'])}`;
}
