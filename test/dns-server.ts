/** A small DNS server over UDP: answers from a table. */
import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

export type DnsAnswer =
  | { readonly type: 'A' | 'AAAA'; readonly address: readonly number[] }
  | { readonly type: 'NS' | 'CNAME'; readonly name: string }
  | { readonly type: 'MX'; readonly name: string }
  | { readonly type: 'SRV'; readonly name: string; readonly port: number };

const TYPE_NUMBER = { A: 1, NS: 2, CNAME: 5, MX: 15, AAAA: 28, SRV: 33 } as const;
const NXDOMAIN = 3;
const HEADER_BYTES = 12;

/**
 * @param answersOf by name (without the last dot); undefined: no such name; a number: that error
 *   code
 */
export async function startDnsServer(
  answersOf: (name: string) => readonly DnsAnswer[] | number | undefined,
) {
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    questions.push(name);
    const found = answersOf(name);
    const answers = typeof found === 'object' ? found : [];
    const wanted = answers.filter(
      (answer) => TYPE_NUMBER[answer.type] === type || answer.type === 'CNAME',
    );
    const header = Buffer.alloc(HEADER_BYTES);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180, 2);
    header[3] = 0x80 | (typeof found === 'number' ? found : found === undefined ? NXDOMAIN : 0);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(wanted.length, 6);
    const question = query.subarray(HEADER_BYTES, end);
    socket.send(Buffer.concat([header, question, ...wanted.map(encodeAnswer)]), from.port);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    socket.close();
  });
  return { address: `127.0.0.1:${socket.address().port}`, questions };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function encodeAnswer(answer: DnsAnswer): Buffer {
  const data = encodeData(answer);
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0); // the name of the question
  head.writeUInt16BE(TYPE_NUMBER[answer.type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodeData(answer: DnsAnswer): Buffer {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return Buffer.from(answer.address);
    case 'MX':
      return Buffer.concat([Buffer.from([0, 10]), encodeName(answer.name)]);
    case 'SRV': {
      const head = Buffer.from([0, 0, 0, 0, answer.port >> 8, answer.port & 0xff]);
      return Buffer.concat([head, encodeName(answer.name)]);
    }
    default:
      return encodeName(answer.name);
  }
}

function encodeName(name: string): Buffer {
  const parts = name.split('.').map((label) => {
    return Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}
