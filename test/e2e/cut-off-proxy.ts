import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Passes TCP connections on, until it is told to swallow what comes: a cut that nobody is told of. */
export class CutOffProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  /** Connections that were asked for while it was cut. */
  refusedCount = 0;

  private constructor(host: string, port: number) {
    this.#server = createServer((client) => {
      this.#keep(client);
      if (this.#isCut) {
        this.refusedCount++;
        return;
      }
      const upstream = connect(port, host);
      this.#keep(upstream);
      client.on('data', (data) => {
        if (!this.#isCut) upstream.write(data);
      });
      upstream.on('data', (data) => {
        if (!this.#isCut) client.write(data);
      });
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => {
        if (!this.#isCut) client.destroy();
      });
    });
  }

  static async listen(host: string, port: number): Promise<CutOffProxy> {
    const proxy = new CutOffProxy(host, port);
    await new Promise<void>((done) => proxy.#server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on connections stay open and nothing passes. */
  cut(): void {
    this.#isCut = true;
  }

  /** New connections pass again; those of before the cut are reset, as routers do. */
  restore(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
