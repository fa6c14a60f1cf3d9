/** The node: containerd, kubelet, kube-proxy and the Pods' network. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findOnPath } from '../../bench/process.ts';
import { Component } from './component.ts';
import { containerdAnswers } from './containers.ts';
import type { ControlPlane } from './control-plane.ts';
import { answersOk } from './health.ts';
import { CNI_PLUGIN_FOLDER } from './machine.ts';
import { containerdConfig, podNetworkConfig } from './node-config.ts';
import { DNS_SERVICE_IP, kubernetesProgram, NODE_NAME, POD_NETWORK, PORTS } from './settings.ts';

export class ClusterNode {
  readonly #controlPlane: ControlPlane;
  readonly #folder: string;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
    this.#folder = controlPlane.settings.folder;
  }

  get containerdSocket(): string {
    return join(this.#folder, 'containerd.sock');
  }

  containerd(): Component {
    const networks = this.#writeFile(
      'cni/10-pods.conflist',
      podNetworkConfig(join(this.#folder, 'pod-addresses')),
    );
    const config = this.#writeFile(
      'containerd.toml',
      containerdConfig({
        folder: join(this.#folder, 'containerd'),
        socket: this.containerdSocket,
        pluginFolder: CNI_PLUGIN_FOLDER,
        networkFolder: join(networks, '..'),
      }),
    );
    return new Component(this.#folder, {
      name: 'containerd',
      command: findOnPath('containerd') ?? 'containerd',
      args: [`--config=${config}`, '--log-level=warn'],
      isHealthy: async () => containerdAnswers(this.containerdSocket),
    });
  }

  kubelet(): Component {
    const { authority, settings } = this.#controlPlane;
    const serving = authority.issue('kubelet-serving', {
      commonName: `system:node:${NODE_NAME}`,
      organization: 'system:nodes',
      altNames: `DNS:${NODE_NAME},IP:${settings.address}`,
    });
    const config = {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: settings.address,
      port: PORTS.kubelet,
      healthzPort: PORTS.kubeletHealth,
      tlsCertFile: serving.certFile,
      tlsPrivateKeyFile: serving.keyFile,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: authority.certFile },
      },
      authorization: { mode: 'Webhook' },
      containerRuntimeEndpoint: `unix://${this.containerdSocket}`,
      cgroupDriver: 'cgroupfs',
      failCgroupV1: false,
      clusterDomain: 'cluster.local',
      clusterDNS: [DNS_SERVICE_IP],
      failSwapOn: false,
      podLogsDir: join(this.#folder, 'pod-logs'),
      volumePluginDir: join(this.#folder, 'volume-plugins'),
      // The images come from no registry: what the garbage collector removed would be gone.
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      // A developer's disk is often nearly full.
      evictionHard: {
        'memory.available': '100Mi',
        'nodefs.available': '200Mi',
        'imagefs.available': '200Mi',
        'nodefs.inodesFree': '1%',
      },
      // Status and lease as often as in a cluster of its size; the sync of a Pod is what tests wait for.
      syncFrequency: '20s',
      maxPods: 110,
    };
    return new Component(this.#folder, {
      name: 'kubelet',
      command: kubernetesProgram(this.#controlPlane.settings),
      args: [
        'kubelet',
        `--config=${this.#writeFile('kubelet.yaml', stringify(config))}`,
        `--kubeconfig=${this.#controlPlane.userKubeconfig('kubelet', {
          commonName: `system:node:${NODE_NAME}`,
          organization: 'system:nodes',
        })}`,
        // Where cAdvisor inside the kubelet asks whose a cgroup is.
        `--containerd=${this.containerdSocket}`,
        `--root-dir=${join(this.#folder, 'kubelet')}`,
        `--hostname-override=${NODE_NAME}`,
        `--node-ip=${settings.address}`,
        '--node-labels=topology.kubernetes.io/region=here,topology.kubernetes.io/zone=here-a',
      ],
      isHealthy: () => answersOk(`http://127.0.0.1:${PORTS.kubeletHealth}/healthz`),
    });
  }

  proxy(): Component {
    const { settings } = this.#controlPlane;
    const kubeconfig = this.#controlPlane.userKubeconfig('kube-proxy', {
      commonName: 'system:kube-proxy',
    });
    const config = {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'iptables',
      clientConnection: { kubeconfig },
      clusterCIDR: POD_NETWORK,
      hostnameOverride: NODE_NAME,
      bindAddress: settings.address,
      healthzBindAddress: `${settings.address}:${PORTS.proxyHealth}`,
      metricsBindAddress: `${settings.address}:${PORTS.proxyMetrics}`,
      nodePortAddresses: [`${settings.address}/32`],
      // The machine's own limits stay as they are.
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    };
    return new Component(this.#folder, {
      name: 'kube-proxy',
      command: kubernetesProgram(this.#controlPlane.settings),
      args: ['kube-proxy', `--config=${this.#writeFile('kube-proxy.yaml', stringify(config))}`],
      isHealthy: () => answersOk(`http://${settings.address}:${PORTS.proxyHealth}/healthz`),
    });
  }

  #writeFile(name: string, content: string): string {
    const path = join(this.#folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    // kube-proxy ends when its file is written, even with the same content.
    if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content);
    return path;
  }
}
