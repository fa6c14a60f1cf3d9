/** Configuration of the container runtime and of the Pods' network. */
import { PAUSE_IMAGE } from './images.ts';
import { NODE_POD_NETWORK, POD_BRIDGE } from './settings.ts';

/** Begins the names of files that the runtime keeps in /var/lib/cni. */
export const POD_NETWORK_NAME = 'watchkeeper-pods';

interface ContainerdFolders {
  readonly folder: string;
  readonly socket: string;
  readonly pluginFolder: string;
  readonly networkFolder: string;
}

/** Format 2, which containerd 1.6 to 2.x read. */
export function containerdConfig(folders: ContainerdFolders): string {
  const { folder, socket, pluginFolder, networkFolder } = folders;
  const text = JSON.stringify;
  return `version = 2
root = ${text(`${folder}/root`)}
state = ${text(`${folder}/state`)}
temp = ${text(`${folder}/temp`)}

[grpc]
  address = ${text(socket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(PAUSE_IMAGE)}
  netns_mounts_under_state_dir = true
  # Root in a virtual machine or container may lack CAP_SYS_RESOURCE, which lower scores need.
  restrict_oom_score_adj = true
  # hugetlb is often not mounted where Kubernetes is tried out.
  disable_hugetlb_controller = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(pluginFolder)}
    conf_dir = ${text(networkFolder)}

[plugins."io.containerd.internal.v1.opt"]
  path = ${text(`${folder}/opt`)}
`;
}

/**
 * A bridge of the machine's own, and addresses from the node's share of the Pods' network.
 *
 * @param addressFolder where the given addresses are kept
 */
export function podNetworkConfig(addressFolder: string): string {
  const network = {
    cniVersion: '0.4.0',
    name: POD_NETWORK_NAME,
    plugins: [
      {
        type: 'bridge',
        bridge: POD_BRIDGE,
        isGateway: true,
        // Without address translation there are no rules of the machine to clean up; Pods reach all of the cluster.
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: addressFolder,
          ranges: [[{ subnet: NODE_POD_NETWORK }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
  return JSON.stringify(network, undefined, 2);
}
