/** A form with files, as services take pictures. */
import { randomUUID } from 'node:crypto';

export interface FormPart {
  readonly name: string;
  readonly body: string | Uint8Array;
  readonly contentType?: string;
  readonly filename?: string;
}

export interface FormBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** `multipart/form-data` (RFC 7578); names must be plain. */
export function multipart(parts: readonly FormPart[]): FormBody {
  const boundary = `watchkeeper-${randomUUID()}`;
  const chunks = parts.flatMap(({ name, body, contentType, filename }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const type = contentType === undefined ? '' : `\r\nContent-Type: ${contentType}`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${type}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(body), Buffer.from('\r\n')];
  });
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
