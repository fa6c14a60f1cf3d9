/** etcd, API server, controller manager and scheduler of one control plane: files and flags. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findOnPath } from '../../bench/process.ts';
import { Authority, type KeyPair, serviceAccountKeys } from './authority.ts';
import { Component } from './component.ts';
import { answersOk } from './health.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import {
  apiUrl,
  type ControlPlaneSettings,
  KUBERNETES_SERVICE_IP,
  kubeconfigPath,
  kubernetesProgram,
  POD_NETWORK,
  PORTS,
  SERVICE_NETWORK,
} from './settings.ts';

const ETCD_QUOTA_BYTES = 4 * 1024 * 1024 * 1024;

export class ControlPlane {
  readonly settings: ControlPlaneSettings;
  readonly authority: Authority;
  readonly #pki: string;
  readonly #admin: KeyPair;
  readonly #server: KeyPair;

  /** Makes the certificates and the kubeconfig of an administrator, unless they are there. */
  constructor(settings: ControlPlaneSettings) {
    const { folder, address, name } = settings;
    this.settings = settings;
    this.#pki = join(folder, 'pki');
    mkdirSync(folder, { recursive: true });
    this.authority = new Authority(this.#pki, 'ca');
    this.#admin = this.authority.issue('admin', {
      commonName: 'kubernetes-admin',
      organization: 'system:masters',
    });
    const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];
    const addresses = [address, KUBERNETES_SERVICE_IP, '127.0.0.1'];
    this.#server = this.authority.issue('server', {
      commonName: 'watchkeeper test cluster',
      altNames: [...names.map((n) => `DNS:${n}`), ...addresses.map((a) => `IP:${a}`)].join(),
    });
    writeKubeconfig(
      kubeconfigPath(settings),
      `watchkeeper-${name}`,
      apiUrl(settings),
      this.authority.certFile,
      this.#admin,
    );
  }

  etcd(): Component {
    const { folder, address } = this.settings;
    const etcd = findOnPath('etcd') ?? 'etcd';
    const url = `https://${address}:${PORTS.etcdClient}`;
    const peerUrl = `https://${address}:${PORTS.etcdPeer}`;
    const metricsUrl = `http://${address}:${PORTS.etcdMetrics}`;
    return new Component(folder, {
      name: 'etcd',
      command: etcd,
      args: [
        '--name=main',
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=main=${peerUrl}`,
        `--listen-metrics-urls=${metricsUrl}`,
        `--cert-file=${this.#server.certFile}`,
        `--key-file=${this.#server.keyFile}`,
        `--trusted-ca-file=${this.authority.certFile}`,
        '--client-cert-auth',
        `--peer-cert-file=${this.#server.certFile}`,
        `--peer-key-file=${this.#server.keyFile}`,
        `--peer-trusted-ca-file=${this.authority.certFile}`,
        '--peer-client-cert-auth',
        `--quota-backend-bytes=${ETCD_QUOTA_BYTES}`,
        '--snapshot-count=10000',
        ...speedFlags(etcd),
        '--log-level=warn',
      ],
      isHealthy: () => answersOk(`${metricsUrl}/health`),
    });
  }

  apiServer(): Component {
    const { folder, address, apiPort } = this.settings;
    const tokens = serviceAccountKeys(this.#pki);
    const frontProxy = new Authority(this.#pki, 'front-proxy-ca');
    const proxyClient = frontProxy.issue('front-proxy-client', {
      commonName: 'front-proxy-client',
    });
    const kubeletClient = this.authority.issue('apiserver-kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      organization: 'system:masters',
    });
    const etcdClient = this.authority.issue('apiserver-etcd-client', {
      commonName: 'kube-apiserver-etcd-client',
    });
    return this.#kubernetes('kube-apiserver', `${apiUrl(this.settings)}/readyz`, [
      `--bind-address=${address}`,
      `--advertise-address=${address}`,
      `--secure-port=${apiPort}`,
      `--tls-cert-file=${this.#server.certFile}`,
      `--tls-private-key-file=${this.#server.keyFile}`,
      `--cert-dir=${join(folder, 'run')}`,
      `--client-ca-file=${this.authority.certFile}`,
      `--etcd-servers=https://${address}:${PORTS.etcdClient}`,
      `--etcd-cafile=${this.authority.certFile}`,
      `--etcd-certfile=${etcdClient.certFile}`,
      `--etcd-keyfile=${etcdClient.keyFile}`,
      `--kubelet-certificate-authority=${this.authority.certFile}`,
      `--kubelet-client-certificate=${kubeletClient.certFile}`,
      `--kubelet-client-key=${kubeletClient.keyFile}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--service-cluster-ip-range=${SERVICE_NETWORK}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${tokens.publicFile}`,
      `--service-account-signing-key-file=${tokens.privateFile}`,
      `--requestheader-client-ca-file=${frontProxy.certFile}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      `--proxy-client-cert-file=${proxyClient.certFile}`,
      `--proxy-client-key-file=${proxyClient.keyFile}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      ...this.#admissionFlags(),
      '--enable-aggregator-routing=true',
      '--allow-privileged=true',
    ]);
  }

  controllerManager(): Component {
    const { folder, address } = this.settings;
    const tokens = serviceAccountKeys(this.#pki);
    const kubeconfig = this.userKubeconfig('controller-manager', {
      commonName: 'system:kube-controller-manager',
    });
    const port = PORTS.controllerManager;
    return this.#kubernetes('kube-controller-manager', `https://${address}:${port}/healthz`, [
      ...this.#servingFlags(kubeconfig, port),
      `--kubeconfig=${kubeconfig}`,
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${POD_NETWORK}`,
      '--cluster-name=watchkeeper-main',
      `--cluster-signing-cert-file=${this.authority.certFile}`,
      `--cluster-signing-key-file=${this.authority.keyFile}`,
      `--root-ca-file=${this.authority.certFile}`,
      `--service-account-private-key-file=${tokens.privateFile}`,
      `--service-cluster-ip-range=${SERVICE_NETWORK}`,
      '--use-service-account-credentials=true',
      `--flex-volume-plugin-dir=${join(folder, 'volume-plugins')}`,
    ]);
  }

  scheduler(): Component {
    const { folder, address } = this.settings;
    const kubeconfig = this.userKubeconfig('scheduler', {
      commonName: 'system:kube-scheduler',
    });
    const configFile = join(folder, 'scheduler.yaml');
    const config = {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      clientConnection: { kubeconfig },
    };
    writeFileSync(configFile, stringify(config));
    const port = PORTS.scheduler;
    return this.#kubernetes('kube-scheduler', `https://${address}:${port}/healthz`, [
      ...this.#servingFlags(kubeconfig, port),
      `--config=${configFile}`,
    ]);
  }

  /** The path of a kubeconfig for one of the cluster's own programs. */
  userKubeconfig(
    name: string,
    user: { readonly commonName: string; readonly organization?: string },
  ): string {
    const path = join(this.settings.folder, `${name}.kubeconfig`);
    const pair = this.authority.issue(name, user);
    writeKubeconfig(path, name, apiUrl(this.settings), this.authority.certFile, pair);
    return path;
  }

  /** Where no controllers run, what waits for their work would refuse Pods and taint nodes. */
  #admissionFlags(): readonly string[] {
    if (this.settings.hasControllers) return [];
    return ['--disable-admission-plugins=ServiceAccount,TaintNodesByCondition'];
  }

  #servingFlags(kubeconfig: string, port: number): readonly string[] {
    return [
      `--bind-address=${this.settings.address}`,
      `--secure-port=${port}`,
      `--tls-cert-file=${this.#server.certFile}`,
      `--tls-private-key-file=${this.#server.keyFile}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
    ];
  }

  #kubernetes(name: string, healthUrl: string, args: readonly string[]): Component {
    return new Component(this.settings.folder, {
      name,
      command: kubernetesProgram(this.settings),
      args: [name, ...args],
      isHealthy: () =>
        answersOk(healthUrl, {
          ca: readFileSync(this.authority.certFile, 'utf8'),
          cert: readFileSync(this.#admin.certFile, 'utf8'),
          key: readFileSync(this.#admin.keyFile, 'utf8'),
        }),
    });
  }
}

/** A cluster for tests may be lost with the machine; without fsync it is much faster. From etcd 3.5 on. */
function speedFlags(etcd: string): readonly string[] {
  const flag = '--unsafe-no-fsync';
  const help = spawnSync(etcd, ['--help'], { encoding: 'utf8' });
  return `${help.stdout}${help.stderr}`.includes(flag) ? [flag] : [];
}
