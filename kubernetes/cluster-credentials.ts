/** What a cluster's own requests are authenticated with, for servers of the cluster beside its API server. */

/** Never to be logged. */
export interface ClusterCredentials {
  /** Value of the header Authorization; undefined: none. */
  readonly authorization: string | undefined;
  /** PEM of the authorities that sign the cluster's certificates; undefined: none are known. */
  readonly ca: string | undefined;
  /** PEM of a client certificate and its key; both or none. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Where the API server of a cluster is, and as whom it is asked. */
export interface ClusterConnection {
  /** URL of the API server, perhaps with a path, without a slash at its end. */
  readonly serverUrl: string;
  /** As the service account of the Pod that we run in. */
  readonly isInCluster: boolean;
  /**
   * As they are now: files and plugins are asked anew when that is due.
   * @param refused what was answered with 401, and is not to be given again
   * @throws ClusterUnreachable when there are none to be had
   */
  credentials(refused?: ClusterCredentials): Promise<ClusterCredentials>;
}
