/** A page of metrics whose values are set from outside: `v{name="R1"} 2`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ValueExporter {
  readonly address: string;
  /** Undefined takes the series away. */
  set(name: string, value: number | undefined, labels?: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

export async function startValueExporter(): Promise<ValueExporter> {
  const values = new Map<string, number>();
  const server = createServer((_request, response) => {
    const lines = [...values].map(([series, value]) => `${series} ${value}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(lines.join(''));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    set: (name, value, labels = {}) => {
      const more = Object.entries(labels).map(([label, text]) => `,${label}="${text}"`);
      const series = `v{name="${name}"${more.join('')}}`;
      if (value === undefined) values.delete(series);
      else values.set(series, value);
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
