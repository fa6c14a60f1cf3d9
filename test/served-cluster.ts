/** A cluster in memory whose API server and kubelet answer over HTTPS, for tests of collection. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ClusterRequest, ClusterResponse } from '../kubernetes/cluster.ts';
import type { ClusterConnection } from '../kubernetes/cluster-credentials.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { loadCertificate, TestAuthority } from './certificates.ts';
import { type ListeningServer, listen } from './listening-server.ts';
import { kubernetesObject, MemoryCluster } from './memory-cluster.ts';

export const TOKEN = 'Bearer t0ken';

export interface Answer {
  readonly status?: number;
  readonly body: string | Buffer;
}

/** Answers by path (and query); all others are 404. */
export class ServedPages {
  readonly answers = new Map<string, Answer>();
  /** `path authorization` of what was asked. */
  readonly asked: string[] = [];

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.asked.push(`${request.url} ${request.headers.authorization ?? '-'}`);
    const answer = this.answers.get(request.url ?? '') ?? { status: 404, body: 'not found' };
    response.statusCode = answer.status ?? 200;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(answer.body);
  };

  askedFor(path: string): number {
    return this.asked.filter((one) => one.startsWith(`${path} `)).length;
  }
}

export interface ServedClusterOptions {
  readonly isInCluster?: boolean;
  /** Whose certificate the kubelet shows; the cluster's own authority's when absent. */
  readonly kubeletAuthority?: TestAuthority;
}

export class ServedCluster extends MemoryCluster {
  readonly authority: TestAuthority;
  readonly api = new ServedPages();
  readonly kubelet = new ServedPages();
  readonly apiServer: ListeningServer;
  readonly kubeletServer: ListeningServer;
  readonly #isInCluster: boolean;

  private constructor(
    authority: TestAuthority,
    apiServer: ListeningServer,
    kubeletServer: ListeningServer,
    isInCluster: boolean,
  ) {
    super('c');
    this.authority = authority;
    this.apiServer = apiServer;
    this.kubeletServer = kubeletServer;
    this.#isInCluster = isInCluster;
  }

  static async start(options: ServedClusterOptions = {}): Promise<ServedCluster> {
    const authority = new TestAuthority();
    let cluster: ServedCluster | undefined;
    const own = loadCertificate(authority.issue('server', 'IP:127.0.0.1'));
    const shown = loadCertificate(
      (options.kubeletAuthority ?? authority).issue('kubelet', 'IP:127.0.0.1'),
    );
    const apiServer = await listen((...how) => cluster?.api.handle(...how), own);
    const kubeletServer = await listen((...how) => cluster?.kubelet.handle(...how), shown);
    cluster = new ServedCluster(authority, apiServer, kubeletServer, options.isInCluster ?? false);
    return cluster;
  }

  override connection(): Promise<ClusterConnection> {
    return Promise.resolve({
      serverUrl: this.apiServer.url,
      isInCluster: this.#isInCluster,
      credentials: () =>
        Promise.resolve({
          authorization: TOKEN,
          ca: this.authority.ca,
          cert: undefined,
          key: undefined,
        }),
    });
  }

  override request(request: ClusterRequest): Promise<ClusterResponse> {
    const { path, headers, signal } = request;
    return new Promise<ClusterResponse>((resolve, reject) => {
      httpsRequest(
        `${this.apiServer.url}${path}`,
        {
          headers: { ...headers, authorization: TOKEN } as Record<string, string>,
          ca: this.authority.ca,
          agent: false,
          ...(signal === undefined ? {} : { signal }),
        },
        (answer) =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: answer,
          }),
      )
        .on('error', reject)
        .end();
    });
  }

  /** @param port of the kubelet that the Node tells */
  node(name: string, port = this.kubeletServer.port, rest: object = {}): KubernetesObject {
    const status = {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: '127.0.0.1' },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    };
    return kubernetesObject('Node', '', name, { status }, rest);
  }
}
